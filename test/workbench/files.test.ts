/** The files of a volume in the real page. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { seriousFindings } from '../support/accessibility';
import { clippedElements } from '../support/clipping';
import {
  deviceRow,
  dialog,
  expectCursorAt,
  openLayout,
  openSectors,
  runCommand,
  sharedBrowser,
  statusBar,
} from '../support/journey';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const openJourney = sharedBrowser();

/** A picture of 2 by 2 pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR4nGP4z8DAAMIM/4EAAB/uBfsL2WiLAAAAAElFTkSuQmCC',
  'base64',
);
const LETTER = 'Dear reader,\nthis is a letter.\n';

/** An ext4 volume with directories, a link, a text, a picture, bytes and a hostile name. */
async function extImage(): Promise<string> {
  requireTool('mkfs.ext4', 'debugfs');
  const folder = await scratchFolder();
  const image = join(folder, 'files.img');
  const put = async (name: string, bytes: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  await must('mkfs.ext4', '-q', '-b', '1024', '-L', 'letters', image, '8M');
  const letter = await put('letter', LETTER);
  const picture = await put('picture', PNG);
  const bytes = await put(
    'bytes',
    Uint8Array.from({ length: 5000 }, (_, index) => index % 256),
  );
  const commands = await put(
    'commands',
    [
      'mkdir /home',
      'mkdir /home/ann',
      'mkdir /empty',
      'symlink /ann /home/ann',
      `write ${letter} "a\u202etxt.exe"`,
      'cd /home/ann',
      `write ${letter} letter.txt`,
      `write ${picture} dot.png`,
      `write ${bytes} data.bin`,
      'sif /home/ann/letter.txt mode 0100640',
    ].join('\n'),
  );
  await must('debugfs', '-w', '-f', commands, image);
  return image;
}

const filesTable = (page: Page): Locator => page.locator('dw-files').getByRole('grid');
/** By the beginning of its name. */
const entry = (page: Page, name: RegExp): Locator => filesTable(page).getByRole('row', { name });
/** The one that the keyboard acts on. */
const selected = (page: Page, name: RegExp): Locator => entry(page, name).and(page.locator('[aria-selected="true"]'));

/** Opens the image's only volume. */
async function browse(page: Page, image: string): Promise<void> {
  await openLayout(page, image);
  await runCommand(page, 'Browse Files');
  await filesTable(page).waitFor();
}

test('a volume is walked through by the keyboard, and back', async () => {
  const { page, errors } = await openJourney();
  await browse(page, await extImage());
  await entry(page, /^home/).waitFor();
  await filesTable(page).focus();
  await page.keyboard.type('ho');
  await selected(page, /^home/).waitFor();
  await page.keyboard.press('Enter');
  await selected(page, /^ann/).waitFor();
  await page.keyboard.press('Enter');
  await entry(page, /^letter\.txt/).waitFor();
  await page.keyboard.press('Backspace');
  await selected(page, /^ann/).waitFor();
  await page.keyboard.press('Alt+ArrowLeft');
  await entry(page, /^letter\.txt/).waitFor();
  await page.keyboard.press('Alt+ArrowRight');
  await entry(page, /^ann/).waitFor();
  expect(errors).toEqual([]);
});

test('a text, a picture and bytes are shown as what they are', async () => {
  const { page, errors } = await openJourney();
  await browse(page, await extImage());
  await entry(page, /^ann →/).dblclick();
  await entry(page, /^letter\.txt/).click();
  await page.locator('dw-text-viewer').getByText('this is a letter.').waitFor();
  await entry(page, /^dot\.png/).click();
  await page.getByRole('img', { name: 'dot.png, 2 by 2 pixels' }).waitFor();
  await entry(page, /^data\.bin/).click();
  await page.locator('dw-hex-rows').getByText('00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F').first().waitFor();
  expect(errors).toEqual([]);
});

test('what is recorded of a file is listed, and leads to its sectors', async () => {
  const { page } = await openJourney();
  const image = await extImage();
  const blocks = await must('debugfs', '-R', 'blocks /home/ann/data.bin', image);
  const first = Number(blocks.trim().split(/\s+/)[0]) * 1024;
  await browse(page, image);
  await page.getByRole('button', { name: 'Type a path' }).click();
  await page.getByRole('textbox', { name: 'Path' }).fill('/home/ann/data.bin');
  await page.keyboard.press('Enter');
  await entry(page, /^data\.bin/)
    .and(page.locator('[aria-selected="true"]'))
    .waitFor();
  await page.getByRole('tab', { name: 'Properties' }).click();
  await page.getByRole('button', { name: `Show sectors at byte ${first}` }).click();
  await expectCursorAt(page, first);
});

test('Enter on a volume of the tree leads to its files, and nothing of it is clipped or without a name', async () => {
  const { page } = await openJourney({}, { viewport: { width: 1024, height: 700 } });
  await openLayout(page, await extImage());
  await deviceRow(page, 'files.img').click();
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, 'letters').dblclick();
  await entry(page, /^home/).click();
  expect(await seriousFindings(page)).toEqual([]);
  expect(await clippedElements(page)).toEqual([]);
});

test('a file is opened by itself, as a device that can be looked at', async () => {
  const { page } = await openJourney();
  await browse(page, await extImage());
  await entry(page, /^ann →/).dblclick();
  await entry(page, /^data\.bin/).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Open in Sector Editor' }).click();
  await page.getByRole('grid', { name: 'Bytes of data.bin' }).waitFor();
  await deviceRow(page, 'data.bin').waitFor();
  expect(await deviceRow(page, /Cannot be opened/).count()).toBe(0);
});

test('a directory is extracted: what and where to are chosen in dialogs, and the result says what was done', async () => {
  const { page, workbench, errors } = await openJourney();
  const image = await extImage();
  await browse(page, image);
  await entry(page, /^home/).click();
  await page.getByRole('button', { name: 'What can be done here' }).click();
  await page.getByRole('menuitem', { name: 'Extract files…' }).click();
  const wizard = page.locator('dw-wizard');
  const source = wizard.getByLabel('File or directory *', { exact: true });
  expect(await source.inputValue()).toBe(`${image}#0:/home`);
  await wizard.getByRole('button', { name: 'Browse for File or directory' }).click();
  const tree = dialog(page).getByRole('tree');
  await tree.getByRole('treeitem', { name: 'home', selected: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await tree.getByRole('treeitem', { name: 'ann', level: 3 }).waitFor();
  await page.keyboard.press('ArrowRight');
  await dialog(page).getByText('#0:/home/ann').waitFor();
  await dialog(page).getByRole('button', { name: 'Choose' }).click();
  expect(await source.inputValue()).toBe(`${image}#0:/home/ann`);
  await wizard.getByRole('button', { name: 'Browse for Destination' }).click();
  await dialog(page).getByRole('combobox').fill(`${workbench.home}/taken out`);
  await dialog(page).getByRole('button', { name: 'Use This Folder' }).click();
  await wizard.getByRole('button', { name: 'Run' }).click();
  await page
    .locator('dw-result-list')
    .getByText(/\d+ files and folders/)
    .first()
    .waitFor();
  expect(await readFile(join(workbench.home, 'taken out', 'letter.txt'), 'utf8')).toBe(LETTER);
  expect(errors).toEqual([]);
});

test('the sector editor goes to a byte of a file, and from there back to the file', async () => {
  const { page } = await openJourney();
  const image = await extImage();
  const blocks = await must('debugfs', '-R', 'blocks /home/ann/data.bin', image);
  const second = Number(blocks.trim().split(/\s+/)[1]) * 1024;
  await openLayout(page, image);
  await openSectors(page);
  await page.keyboard.press('Control+g');
  await page.getByPlaceholder(/0x1F400/).fill('/home/ann/data.bin:1030');
  await page.keyboard.press('Enter');
  await expectCursorAt(page, second + 6);
  await statusBar(page).getByText('/home/ann/data.bin').waitFor();
  await page.keyboard.press('Control+Alt+f');
  await page.getByRole('option', { name: /show it among the files/ }).click();
  await entry(page, /^data\.bin/)
    .and(page.locator('[aria-selected="true"]'))
    .waitFor();
});

test('a FAT volume is walked through as well, with its attributes', async () => {
  requireTool('mkfs.vfat', 'mcopy', 'mmd', 'mattrib');
  const folder = await scratchFolder();
  const image = join(folder, 'stick.img');
  await writeFile(join(folder, 'letter'), LETTER);
  await must('mkfs.vfat', '-C', '-n', 'STICK', image, '8192');
  await must('mmd', '-i', image, '::/Papers');
  await must('mcopy', '-i', image, join(folder, 'letter'), '::/Papers/A letter with a long name.txt');
  await must('mattrib', '-i', image, '+h', '::/Papers/A letter with a long name.txt');
  const { page, errors } = await openJourney();
  await browse(page, image);
  await entry(page, /^Papers/).dblclick();
  await entry(page, /^A letter with a long name\.txt.*hidden/).click();
  await page.locator('dw-text-viewer').getByText('this is a letter.').waitFor();
  expect(errors).toEqual([]);
});

test('names that would deceive are shown harmlessly, and an empty directory says so', async () => {
  const { page } = await openJourney();
  await browse(page, await extImage());
  await entry(page, /^a\\u202etxt\.exe/).waitFor();
  await entry(page, /^empty/).dblclick();
  await page.getByText('This directory is empty').waitFor();
});
