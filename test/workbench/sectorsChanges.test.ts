/** Changes of bytes as steps of undo, devices that change underneath them, and the room of wide and narrow windows. */
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  bytes,
  dialog,
  eventually,
  expectCursorAt,
  goTo,
  labHome,
  openDevice,
  openSectors,
  place,
  runCommand,
  sharedBrowser,
  showView,
  statusBar,
  unlock,
} from '../support/journey';
import { damagedExport } from '../support/damagedExport';
import { scratchFolder } from '../support/scratch';

const browse = sharedBrowser();

/** An image of this content, its sectors shown. */
async function showing(content: Buffer, viewport = { width: 1280, height: 800 }) {
  const path = join(await scratchFolder(), 'disk.img');
  await writeFile(path, content);
  const { page, context } = await browse({}, { viewport });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await show(page, path);
  return { page, path, content };
}

async function show(page: Page, path: string): Promise<void> {
  await openDevice(page, path);
  await openSectors(page);
  await page.locator('canvas[data-painted=bytes]').waitFor();
  await bytes(page).focus();
}

async function unlocked(content: Buffer) {
  const shown = await showing(content);
  await unlock(shown.page, 'disk.img');
  await bytes(shown.page).focus();
  return shown;
}

const staged = (page: Page, count: string) => statusBar(page).getByText(`Staged editing, ${count} staged`);
const untouched = (page: Page) => statusBar(page).getByText('Staged editing', { exact: true });

test('what is typed in one go is undone at once, and comes back at once; another go is another step', async () => {
  const { page } = await unlocked(Buffer.alloc(4096));
  await page.keyboard.type('DEADBEEF');
  await staged(page, '4 bytes').waitFor();
  await goTo(page, '0x100');
  await page.keyboard.press('Tab');
  await page.keyboard.type('abc');
  await staged(page, '7 bytes').waitFor();
  await page.keyboard.press('Control+z');
  await staged(page, '4 bytes').waitFor();
  await page.keyboard.press('Control+z');
  await untouched(page).waitFor();
  await expectCursorAt(page, 0);
  await page.keyboard.press('Control+y');
  await staged(page, '4 bytes').waitFor();
});

test('a selection is filled with a pattern, in one step', async () => {
  const { page } = await unlocked(Buffer.alloc(4096));
  await page.keyboard.press('Control+L');
  await runCommand(page, 'Fill Selection…');
  await page.getByPlaceholder(/^Hex digits in pairs/).fill('DE A');
  await page.getByText('Write hex digits in pairs').first().waitFor();
  await page.getByPlaceholder(/^Hex digits in pairs/).fill('DE AD BE');
  await page.keyboard.press('Enter');
  await staged(page, '512 bytes').waitFor();
  await page.keyboard.press('Control+C');
  await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^(DE AD BE ){170}DE AD$/);
  await page.keyboard.press('Control+z');
  await untouched(page).waitFor();
});

test('what another program wrote is seen after Read Again', async () => {
  const { page, path, content } = await showing(Buffer.alloc(4096));
  await page.getByRole('gridcell', { name: /^offset 0, 00 hex/ }).waitFor();
  content[0] = 0x77;
  await writeFile(path, content, { flag: 'r+' });
  await page.keyboard.press('Control+Alt+R');
  await page.getByRole('gridcell', { name: /^offset 0, 77 hex/ }).waitFor();
});

test('changes of a device that is gone are kept and not reviewed, and neither are they over another one in its place', async () => {
  const { page, path } = await unlocked(Buffer.alloc(4096));
  await page.keyboard.type('11');
  await staged(page, '1 byte').waitFor();
  const away = `${path}.away`;
  await rename(path, away);
  await page.keyboard.press('Control+Enter');
  await page.getByText('disk.img cannot be opened any more').first().waitFor();
  await staged(page, '1 byte').waitFor();
  await copyFile(away, path);
  await rm(away);
  await bytes(page).focus();
  await page.keyboard.press('Control+Enter');
  await page.getByText('disk.img is another device than before').first().waitFor();
  await page.getByText('1 changed byte stay staged').first().waitFor();
  await page.getByRole('gridcell', { name: /^offset 0, 11 hex.*modified$/ }).waitFor();
  expect((await readFile(path)).equals(Buffer.alloc(4096))).toBe(true);
});

test('copying says how much of it could not be read, and such bytes are not written over', async () => {
  const image = join(await scratchFolder(), 'damaged.img');
  await writeFile(image, Buffer.alloc(1 << 20, 0x5a));
  const { uri } = await damagedExport(image, [{ offset: 512, length: 1024 }]);
  const { page, context } = await browse();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await show(page, uri);
  await page.keyboard.press('Control+Shift+A');
  await page.getByPlaceholder(/from \.\. to/).fill('0, 2K');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+C');
  await page.getByText('Copied 2 KiB as Hex, but 1 KiB of it could not be read.').first().waitFor();
  await goTo(page, '0x1F0');
  await page
    .getByRole('toolbar', { name: 'Sectors' })
    .getByRole('button', { name: /Unlock/ })
    .click();
  await dialog(page)
    .getByRole('button', { name: /^Unlock/ })
    .click();
  await bytes(page).focus();
  await page.evaluate(() => navigator.clipboard.writeText('11 '.repeat(32)));
  await page.keyboard.press('Control+V');
  await page.getByText('Bytes that cannot be read cannot be changed here.').first().waitFor();
  await untouched(page).waitFor();
});

test('the cursor is where it was after a reload of the page', async () => {
  const { page } = await showing(Buffer.alloc(8192));
  await goTo(page, '0x1234');
  await expectCursorAt(page, 0x1234);
  await page.reload();
  await bytes(page).focus();
  await expectCursorAt(page, 0x1234);
});

test('a comparison says what it leaves out, and takes go to and copy', async () => {
  const { page, path } = await showing(Buffer.alloc(8192, 0xa5));
  const shorter = `${path}.short`;
  await writeFile(shorter, Buffer.alloc(4096, 0xa5));
  await page.evaluate(
    (body) => fetch('/api/run', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    JSON.stringify({ command: 'sectors.compareWith', args: { left: path, right: shorter } }),
  );
  await page.getByText('No difference. The last 4 KiB of disk.img is not compared.').waitFor();
  const left = page.locator('.dw-sectors-diff').getByRole('grid', { name: `Bytes of ${path}`, exact: true });
  await left.focus();
  await goTo(page, '0x1800');
  await expectCursorAt(page, 0x1800);
  await page.keyboard.press('Control+C');
  await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toBe('A5');
});

test('an end that is no whole sector, and one that was cut off meanwhile, are told', async () => {
  const { page, path } = await showing(Buffer.alloc(513));
  await page.getByText('512 B (1 byte at the end left out: no whole sector)').waitFor();
  await writeFile(path, Buffer.alloc(2048));
  await page.keyboard.press('Control+Alt+R');
  await page.getByText('disk.img, 2 KiB').waitFor();
});

test('a wide window shows longer rows, and the fields beside them, which can be clicked', async () => {
  const { home, disk } = await labHome();
  const { page } = await browse({ home }, { viewport: { width: 2560, height: 1440 } });
  await show(page, disk);
  await eventually(() => bytes(page).getAttribute('aria-colcount')).toBe('33');
  await goTo(page, 'lba 1');
  const notes = page.locator('.dw-sectors-notes');
  await notes.waitFor();
  await page.keyboard.press('Control+Home');
  await expectCursorAt(page, 0);
  // Row 17, the first of the GPT header: its first note is the signature.
  const rowHeight = Number(await page.locator('canvas[data-row-height]').getAttribute('data-row-height'));
  await notes.click({ position: { x: 30, y: rowHeight * (1 + 512 / 32) + rowHeight / 2 } });
  await expectCursorAt(page, 512);
  expect(await place(page).innerText()).toContain('8 bytes selected');
});

test('a narrow window keeps tabs in one line, and shows the found text of every hit', async () => {
  const { page } = await showing(Buffer.from('some words, a needle, and more words to follow '.repeat(90)), {
    width: 1024,
    height: 700,
  });
  await showView(page, 'Bookmarks');
  await showView(page, 'Search');
  for (const part of ['Secondary Side Bar', 'Panel']) {
    const tabs = page.getByRole('tablist', { name: new RegExp(`^${part}$`, 'i') }).getByRole('tab');
    const tops = await tabs.evaluateAll((all) => all.map((tab) => tab.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
  }
  await page.locator('.dw-sectors-pattern').fill('needle');
  await page.keyboard.press('Enter');
  const mark = page.locator('dw-sector-search mark:visible').first();
  await mark.waitFor();
  expect(await mark.innerText()).toBe('needle');
  const isInside = await mark.evaluate((element) => {
    const list = element.closest('[role=listbox]')!.getBoundingClientRect();
    const { left, right } = element.getBoundingClientRect();
    return left >= list.left && right <= list.right;
  });
  expect(isInside).toBe(true);
});

test('the bar beside the editors goes with the last of them that it belongs to, comes back with one, and stays away when it was closed', async () => {
  const { page } = await showing(Buffer.alloc(4096, 1));
  const bar = page.locator('.dw-part-secondary');
  const close = (): Promise<void> => page.keyboard.press('Control+W');
  await bar.getByRole('tab', { name: 'Structure' }).waitFor();
  await close();
  await bar.waitFor({ state: 'hidden' });
  await openSectors(page);
  await bar.waitFor();
  await bar.getByRole('button', { name: 'Hide Secondary side bar' }).click();
  await close();
  await openSectors(page);
  await page.locator('canvas[data-painted=bytes]').waitFor();
  expect(await bar.isVisible()).toBe(false);
});
