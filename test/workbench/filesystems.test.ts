/** The files editor, its preview and the owner chain on a volume of every filesystem. */
import { open } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { clippedElements } from '../support/clipping';
import {
  bytes,
  expectCursorAt,
  goTo,
  openLayout,
  openSectors,
  place,
  runCommand,
  sharedBrowser,
  showView,
} from '../support/journey';
import { FILESYSTEMS, type FilesystemName, lineOf, sharedSamples } from '../support/sampleVolumes';
import { must } from '../support/tool';
import { sharedWorkbench } from '../support/workbench';

const openJourney = sharedBrowser();
const workbench = sharedWorkbench();
const sample = sharedSamples();

const files = (page: Page): Locator => page.locator('dw-files:visible');
const entry = (page: Page, name: RegExp): Locator => files(page).getByRole('grid').getByRole('row', { name });
const selected = (page: Page, name: RegExp): Locator => entry(page, name).and(page.locator('[aria-selected="true"]'));
const owners = (page: Page): Locator => page.getByRole('list', { name: /^What the byte at/ });

async function browse(page: Page, image: string): Promise<void> {
  await openLayout(page, image);
  await runCommand(page, 'Browse Files');
  // A directory stands above the files, of which a low list draws but some.
  await entry(page, /^names/).waitFor();
}

/** Where the cursor of the sector editor is. */
async function offsetOf(page: Page): Promise<number> {
  return Number.parseInt(/Offset ([0-9A-F]+)/.exec(await place(page).innerText())![1]!, 16);
}

async function readAt(image: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(image);
  try {
    return (await file.read(Buffer.alloc(length), 0, length, offset)).buffer;
  } finally {
    await file.close();
  }
}

/** Whether the bytes at an offset are the record of the inode, by what the record itself or the format's own tool says. */
async function isRecordOf(type: FilesystemName, image: string, inode: number, offset: number): Promise<boolean> {
  const record = await readAt(image, offset, 256);
  switch (type) {
    case 'ntfs':
      return record.toString('latin1', 0, 4) === 'FILE' && record.readUInt32LE(0x2c) === inode;
    case 'xfs':
      return record.toString('latin1', 0, 2) === 'IN' && record.readBigUInt64BE(152) === BigInt(inode);
    case 'btrfs':
      // The item begins with generation and transaction, and then its size.
      return record.readBigUInt64LE(16) === 5000n;
    default: {
      const [, block, at] = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(
        await must('debugfs', '-R', `imap <${inode}>`, image),
      )!;
      return offset === Number(block) * 1024 + Number(at);
    }
  }
}

test.each(FILESYSTEMS)('%s: its files are shown, lead to their sectors, and the sectors back to them', async (type) => {
  const { image, dataOffset, dataInode } = await sample(type);
  const { page, errors } = await openJourney(workbench, { viewport: { width: 1600, height: 1000 } });
  await browse(page, image);

  await entry(page, /^letter\.txt/).click();
  await page.locator('dw-text-viewer').getByText('this is a letter.').waitFor();
  await entry(page, /^long\.txt/).click();
  await page.locator('dw-text-viewer').getByText(lineOf(3)).waitFor();
  await entry(page, /^dot\.png/).click();
  await page.getByRole('img', { name: 'dot.png, 2 by 2 pixels' }).waitFor();
  await entry(page, /^data\.bin/).click();
  const head = (await readAt(image, dataOffset, 16)).toString('hex').toUpperCase().match(/../g)!.join(' ');
  await page.locator('dw-hex-rows').getByText(head).waitFor();

  await page.getByRole('tab', { name: 'Properties' }).click();
  await page.getByRole('button', { name: `Show sectors at byte ${dataOffset}` }).click();
  await expectCursorAt(page, dataOffset);
  await showView(page, 'Owner');
  await owners(page)
    .getByRole('button', { name: /^File \/data\.bin/ })
    .waitFor();
  await owners(page)
    .getByRole('button', { name: /^Volume / })
    .click();
  await expectCursorAt(page, 0);
  await bytes(page).focus();
  await goTo(page, '/data.bin:100');
  await expectCursorAt(page, dataOffset + 100);
  await owners(page).getByRole('button', { name: 'Show among files' }).click();
  await selected(page, /^data\.bin/).waitFor();

  await page.getByRole('button', { name: /^Show sectors of the record at byte/ }).click();
  await expect.poll(() => offsetOf(page)).not.toBe(dataOffset + 100);
  const record = await offsetOf(page);
  if (dataInode !== null) {
    expect(await isRecordOf(type, image, dataInode, record)).toBe(true);
    await goTo(page, 'start');
    await goTo(page, `${type === 'ntfs' ? 'mft' : 'inode'} ${dataInode}`);
    await expectCursorAt(page, record);
  }
  await owners(page)
    .getByRole('button', { name: /^Structure .*(inode|record|entry)/i })
    .first()
    .waitFor();
  expect(errors).toEqual([]);
});

test.each(FILESYSTEMS)('%s: names that deceive or do harm are shown harmlessly', async (type) => {
  const { image, names } = await sample(type);
  const { page, errors } = await openJourney(workbench, { viewport: { width: 1024, height: 700 } });
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => void dialogs.push(dialog.message()));
  await browse(page, image);
  await entry(page, /^names/).dblclick();
  await expect.poll(() => entry(page, /./).locator('bdi').allInnerTexts()).toEqual(expect.arrayContaining(names));
  for (const name of names) {
    await entry(page, new RegExp(`^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)).click();
    await page.locator('dw-text-viewer').getByText('this is a letter.').waitFor();
  }
  expect(await clippedElements(page)).toEqual([]);
  expect({ errors, dialogs }).toEqual({ errors: [], dialogs: [] });
});

test('what numbers no files says so, and inodes of another volume are asked for by its partition', async () => {
  const { image } = await sample('vfat');
  const { page } = await openJourney(workbench);
  await openLayout(page, image);
  await openSectors(page);
  await page.keyboard.press('Control+g');
  await page.getByPlaceholder(/0x1F400/).fill('inode 5');
  await page.getByText('vfat does not number its files').waitFor();
});
