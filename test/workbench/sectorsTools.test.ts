/** What is done with bytes in the sector editor: pasted, copied, marked, searched, compared, changed as fields. Other programs say what is right. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import {
  bytes,
  dialog,
  editorTab,
  eventually,
  expectCursorAt,
  goTo,
  openDevice,
  openSectors,
  place,
  runCommand,
  sharedBrowser,
  showView,
  unlock,
} from '../support/journey';
import { scratchFolder } from '../support/scratch';
import { must, tool } from '../support/tool';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

const browse = sharedBrowser();

/** An image of this content. */
async function image(content: Buffer, name = 'disk.img'): Promise<string> {
  const path = join(await scratchFolder(), name);
  await writeFile(path, content);
  return path;
}

/** A window that shows the sectors of a device, and may use the clipboard. */
async function sectorsOf(device: string): Promise<Page> {
  const { page, context } = await browse();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openDevice(page, device);
  await openSectors(page);
  await page.locator('canvas[data-painted=bytes]').waitFor();
  await bytes(page).focus();
  return page;
}

const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
const view = (page: Page, tag: string): Locator => page.locator(`dw-sector-${tag}`);
const option = (page: Page, name: string | RegExp): Locator => page.getByRole('option', { name }).first();

/** Goes to a block or cluster, whose size may be known only a moment after it was asked for. */
async function goToBlock(page: Page, expression: string): Promise<void> {
  await page.keyboard.press('Control+G');
  await page.getByPlaceholder(/0x1F400/).fill(expression);
  await page.getByText(/\boffset [0-9A-F]+ \([\d,]+\), LBA/).waitFor();
  await page.keyboard.press('Enter');
}

async function selectRange(page: Page, range: string): Promise<void> {
  await page.keyboard.press('Control+Shift+A');
  await page.getByPlaceholder(/from \.\. to/).fill(range);
  await page.keyboard.press('Enter');
}

/** An NBD server that answers after ten minutes. */
async function hangingDevice(): Promise<string> {
  requireTool('nbdkit');
  const socket = join(await scratchFolder(), 'hangs.sock');
  const server = spawn('nbdkit', ['-f', '-U', socket, '--filter=delay', 'pattern', 'size=1G', 'rdelay=600']);
  onTestFinished(() => void server.kill('SIGKILL'));
  await waitFor(() => existsSync(socket), 'nbdkit listens');
  return `nbd+unix:///?socket=${socket}`;
}

test('hex that is pasted stands staged over the selected bytes, and nothing is written', async () => {
  const content = randomBytes(4096);
  const path = await image(content);
  const page = await sectorsOf(path);
  await unlock(page, 'disk.img');
  await bytes(page).focus();
  await goTo(page, '0x20');
  await page.evaluate(() => navigator.clipboard.writeText('DE AD, 0xBE ef'));
  await page.keyboard.press('Control+V');
  await page.getByText('Staged editing, 4 bytes staged').waitFor();
  await showView(page, 'Pending Changes');
  const row = view(page, 'pending').getByRole('row').filter({ hasText: 'DE AD BE EF' });
  expect(await row.innerText()).toContain(content.toString('hex', 0x20, 0x24).toUpperCase().match(/../g)!.join(' '));
  expect((await readFile(path)).equals(content)).toBe(true);
});

test('a selection is copied as base64 and dd have it', async () => {
  const path = await image(randomBytes(4096));
  const page = await sectorsOf(path);
  await selectRange(page, '100, 300');
  await page.keyboard.press('Control+Alt+C');
  await option(page, 'Base64').click();
  const theirs = await must('sh', '-c', 'tail -c +101 "$0" | head -c 300 | base64 -w0', path);
  await eventually(() => clipboard(page)).toBe(theirs);
});

test('a bookmark is set, gone to by its name, renamed, taken away, and comes back from JSON', async () => {
  const page = await sectorsOf(await image(Buffer.alloc(8192)));
  const bookmarks = view(page, 'bookmarks');
  await selectRange(page, '0x1000, 16');
  await page.keyboard.press('Control+F2');
  await page.getByPlaceholder(/@name/).fill('here it is');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Home');
  await goTo(page, '@"HERE it is"');
  await expectCursorAt(page, 0x1000);
  await showView(page, 'Bookmarks');
  await bookmarks.getByRole('textbox', { name: 'Name' }).fill('there');
  await page.keyboard.press('Enter');
  await bookmarks.getByRole('button', { name: 'Copy as JSON' }).click();
  await eventually(() => clipboard(page)).toContain('"there"');
  const json = await clipboard(page);
  await bookmarks.getByRole('button', { name: 'Remove there' }).click();
  await bookmarks.getByText('This device has no bookmarks.').waitFor();
  await runCommand(page, 'Add Bookmarks from JSON…');
  await dialog(page).getByRole('textbox').fill('[{"name": "far", "offset": 8192}]');
  await dialog(page).getByText('it reaches to byte 8193').waitFor();
  expect(await dialog(page).getByRole('button', { name: 'Add bookmarks' }).isEnabled()).toBe(false);
  await dialog(page).getByRole('textbox').fill(json);
  await dialog(page).getByRole('button', { name: 'Add bookmarks' }).click();
  await bookmarks.getByRole('button', { name: '1000, 16 bytes' }).click();
  await expectCursorAt(page, 0x1000);
});

test('differences of two images are those of cmp, and gone through by keyboard', async () => {
  requireTool('cmp');
  const content = randomBytes(256 * 1024);
  const changed = Buffer.from(content);
  for (const offset of [3, 5000, 70_000, 262_143]) changed[offset] = content[offset]! ^ 0xff;
  const [left, right] = [await image(content, 'left.img'), await image(changed, 'right.img')];
  const { stdout: theirs } = await tool('cmp', '-l', left, right);
  // cmp counts from 1.
  const offsets = [...theirs.matchAll(/^ *(\d+)/gm)].map(([, offset]) => Number(offset) - 1);
  const page = await sectorsOf(left);
  await runCommand(page, 'Compare with…');
  await dialog(page).getByRole('button', { name: 'Open image…' }).click();
  const chooser = page.getByRole('dialog', { name: 'Open Image' });
  await chooser.getByRole('combobox').fill(right);
  await chooser.getByRole('button', { name: 'Open', exact: true }).click();
  await dialog(page).getByRole('button', { name: 'Compare' }).click();
  const list = page.getByRole('listbox', { name: 'Differences' });
  await page.getByText('4 differences, 4 bytes').waitFor();
  const listed = await list.getByRole('option').allInnerTexts();
  expect(listed.map((text) => Number.parseInt(text, 16))).toEqual(offsets);
  // The editor takes the focus once more when it has been laid out.
  await eventually(async () => {
    await list.focus();
    await page.keyboard.press('End');
    return list.getByRole('option').last().getAttribute('aria-selected');
  }).toBe('true');
  await page.keyboard.press('Enter');
  await eventually(() =>
    page.locator('.dw-sectors-diff [aria-selected=true][role=gridcell]').first().getAttribute('aria-label'),
  ).toMatch(/^offset 3FFFF, .*differs/);
});

test('a comparison with a device that hangs says so, and is cancelled', async () => {
  const page = await sectorsOf(await image(Buffer.alloc(4096), 'left.img'));
  const hanging = await hangingDevice();
  await page.evaluate(
    (body) => fetch('/api/run', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    JSON.stringify({ command: 'sectors.compareWith', args: { left: hanging, right: hanging } }),
  );
  const diff = page.locator('.dw-sectors-diff');
  await diff
    .getByText(/has not answered for|Waiting for the device/)
    .first()
    .waitFor();
  await diff.getByRole('button', { name: 'Cancel' }).first().click();
  await diff
    .getByText(/was cancelled/)
    .first()
    .waitFor();
});

interface Search {
  kind: string;
  pattern: string;
}

const hits = (page: Page): Locator => page.getByRole('listbox', { name: 'Hits' }).getByRole('option');

async function search(page: Page, { kind, pattern }: Search): Promise<Locator> {
  const searching = view(page, 'search');
  await searching.getByRole('combobox', { name: 'Kind of pattern' }).selectOption({ label: kind });
  await searching.getByRole('textbox', { name: 'Pattern' }).fill(pattern);
  await page.keyboard.press('Enter');
  return searching;
}

test('a pattern that is too long is refused in words', async () => {
  const page = await sectorsOf(await image(Buffer.alloc(4096)));
  await page.keyboard.press('Control+F');
  const searching = await search(page, { kind: 'Text', pattern: 'x'.repeat(5000) });
  await searching.getByText('The pattern has 5,000 characters, and 4,096 can be searched for').waitFor();
});

test('text, hex with half bytes, and regular expressions are found where grep finds them', async () => {
  const content = Buffer.alloc(1024 * 1024);
  for (const offset of [17, 4095, 600_001]) content.write('Needle', offset, 'latin1');
  const path = await image(content);
  const page = await sectorsOf(path);
  await page.keyboard.press('Control+F');
  for (const [kind, pattern] of [
    ['Text', 'Needle'],
    ['Hex', '0x4E, 65 6? 64 ?C 65'],
    ['Regular expression', 'N[e]{2}dle'],
  ] as const) {
    const searching = await search(page, { kind, pattern });
    await searching.getByText('Done, 3 hits').waitFor();
    const listed = await hits(page).allInnerTexts();
    const theirs = await must('grep', '-obaF', 'Needle', path);
    expect(listed.map((text) => Number.parseInt(text, 16))).toEqual(theirs.match(/^\d+/gm)!.map(Number));
  }
  await page.keyboard.press('F3');
  await expectCursorAt(page, 17);
  await page.keyboard.press('F3');
  await expectCursorAt(page, 4095);
});

test('what is wrong with a pattern is marked under its character, and a partition has to be there to be searched', async () => {
  const page = await sectorsOf(await image(Buffer.alloc(4096)));
  await page.keyboard.press('Control+F');
  const searching = await search(page, { kind: 'Hex', pattern: '53 E' });
  await eventually(() => searching.getByRole('alert').innerText()).toMatch(/^53 E\n {3}\^ .*two hexadecimal digits/);
  await searching.getByRole('combobox', { name: 'Where to search' }).selectOption('Partition at the cursor');
  await search(page, { kind: 'Hex', pattern: '53 EF' });
  await searching.getByText('The cursor lies in no partition').waitFor();
});

test('a search that takes long is cancelled, and keeps what it found', async () => {
  requireTool('nbdkit');
  const socket = join(await scratchFolder(), 'huge.sock');
  const server = spawn('nbdkit', ['-f', '-U', socket, 'pattern', 'size=1P']);
  onTestFinished(() => void server.kill('SIGKILL'));
  await waitFor(() => existsSync(socket), 'nbdkit listens');
  const page = await sectorsOf(`nbd+unix:///?socket=${socket}`);
  await page.keyboard.press('Control+F');
  // nbdkit's pattern: every eight bytes hold their own offset, big endian.
  const searching = await search(page, { kind: 'Hex', pattern: '00 00 00 00 00 00 10 00' });
  await hits(page).first().waitFor();
  await searching.getByRole('button', { name: 'Cancel' }).click();
  await searching.getByText(/^Cancelled, [\d,]+ hits?/).waitFor();
  await hits(page).first().click();
  // The last byte of the number 10h, and the first of 18h.
  await expectCursorAt(page, 0x11);
});

test('a field is changed in the structure tree, shown as it would be, and reverted', async () => {
  requireTool('sfdisk');
  const path = await image(Buffer.alloc(4 * 1024 * 1024));
  await must('sh', '-c', `printf 'label: dos\\nlabel-id: 0x12345678\\n,,83\\n' | sfdisk -q "$0"`, path);
  const page = await sectorsOf(path);
  await unlock(page, 'disk.img');
  await goTo(page, '0x1B8');
  const field = view(page, 'structures').getByRole('treeitem', { name: /^diskSignature: / });
  await eventually(() => field.getAttribute('aria-label')).toContain('12345678');
  await field.focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'diskSignature, new value' }).fill('0xCAFEBABE');
  await page.keyboard.press('Enter');
  await eventually(() => field.getAttribute('aria-label')).toMatch(/cafebabe, its bytes are changed and not written/i);
  expect(await must('sfdisk', '--disk-id', path)).toContain('0x12345678');
  await runCommand(page, 'Revert All Changes');
  await eventually(() => field.getAttribute('aria-label')).toMatch(/12345678$/);
});

test('a path that names another image meanwhile shows the bytes of that one', async () => {
  const path = await image(Buffer.alloc(4096, 0x11));
  const other = await image(Buffer.alloc(8192, 0x22), 'other.img');
  const { page } = await browse();
  await openDevice(page, path);
  await page.locator('dw-layout-editor:visible').getByRole('button', { name: 'Sectors', exact: true }).waitFor();
  await rename(other, path);
  await openSectors(page);
  await eventually(() => bytes(page).getByRole('gridcell').first().innerText()).toBe('22');
  expect(await bytes(page).getAttribute('aria-rowcount')).toMatch(/^(512|1024)$/);
  await editorTab(page, /disk\.img/)
    .first()
    .waitFor();
  await place(page).waitFor();
});

test('a cluster of FAT has the number that mtools gives it', async () => {
  requireTool('mkfs.fat', 'mcopy', 'mshowfat');
  const fat = await image(Buffer.alloc(4 * 1024 * 1024), 'fat.img');
  await must('mkfs.fat', '-F', '12', fat);
  await must('mcopy', '-i', fat, await image(Buffer.from('needle in a cluster'), 'needle'), '::/needle');
  const [, cluster] = /<(\d+)>/.exec(await must('mshowfat', '-i', fat, '::/needle'))!;
  const page = await sectorsOf(fat);
  await goToBlock(page, `cluster ${cluster}`);
  await expectCursorAt(page, (await readFile(fat)).indexOf('needle in a cluster'));
});

test('a block of ext4 has the number that debugfs gives it', async () => {
  requireTool('mkfs.ext4', 'debugfs');
  const ext = await image(Buffer.alloc(8 * 1024 * 1024), 'ext.img');
  await must('mkfs.ext4', '-q', '-b', '1024', ext);
  await must('debugfs', '-w', '-R', `write ${await image(Buffer.from('needle in a block'), 'needle')} needle`, ext);
  const block = (await must('debugfs', '-R', 'blocks needle', ext)).trim();
  const page = await sectorsOf(ext);
  await goToBlock(page, `block ${block}`);
  await expectCursorAt(page, (await readFile(ext)).indexOf('needle in a block'));
});
