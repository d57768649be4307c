/** The sector editor as a person uses it, in Chromium on real images. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { makeLab } from '../support/lab';
import { openPage } from '../support/page';
import { scratchFolder } from '../support/scratch';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';

interface Place {
  path: string;
  offset?: number;
  length?: number;
  volume?: number;
}

async function setting() {
  const home = join(await scratchFolder(), 'home');
  const lab = await makeLab(join(home, 'lab'));
  const workbench = await startWorkbench({ home });
  const opened = await openPage(workbench.url);
  opened.page.setDefaultTimeout(15_000);
  await opened.page.getByRole('menubar').waitFor();
  const run = async (command: string, args?: unknown): Promise<void> => {
    await opened.page.evaluate(
      (body) => fetch('/api/run', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
      JSON.stringify({ command, args }),
    );
  };
  // The window may have come up before it was connected; opening again shows what is open.
  const show = async (place: Place): Promise<void> => {
    const grid = opened.page.getByRole('grid', { name: /^Bytes of/ });
    await expect
      .poll(() => run('sectors.open', place).then(() => grid.count()), { timeout: 15_000, interval: 500 })
      .toBeGreaterThan(0);
  };
  return { ...opened, ...lab, workbench, run, show };
}

/** An NBD server that makes its bytes up; gone when the test ends. */
async function nbdkit(...options: string[]): Promise<string> {
  const socket = join(await scratchFolder(), 'nbd.sock');
  const child = spawn('nbdkit', ['--foreground', '--exit-with-parent', '--readonly', '-U', socket, ...options]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await waitFor(async () => (await import('node:fs')).existsSync(socket), 'nbdkit listens');
  return `nbd+unix:///?socket=${socket}`;
}

/** What a screen reader says of the byte under the cursor. */
const announced = (page: Page): Promise<string> =>
  page.locator('.dw-sectors-mirror [aria-selected="true"]').getAttribute('aria-label').then(String);

/** Waits for it. */
const says = (page: Page) => expect.poll(() => announced(page), { timeout: 15_000 });

async function goTo(page: Page, expression: string): Promise<void> {
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.press('Control+g');
  await page.keyboard.type(expression);
  // What is typed is understood once it is said where it leads.
  await page.getByText(/\boffset [0-9A-F]+ \([\d,]+\), LBA/).waitFor();
  await page.keyboard.press('Enter');
}

test('goes to an LBA, says what is there, and comes back', async () => {
  const { page, disk, show, errors } = await setting();
  await show({ path: disk });
  await goTo(page, 'lba 1');
  await says(page).toBe('offset 200, 45 hex, E, field signature');
  await goTo(page, 'p2:cluster 1');
  await says(page).toMatch(/^offset 1100400, /);
  await page.keyboard.press('Alt+ArrowLeft');
  await says(page).toMatch(/^offset 200, /);
  await page.keyboard.press('Alt+ArrowRight');
  await says(page).toMatch(/^offset 1100400, /);
  expect(errors).toEqual([]);
});

test('an expression that is wrong says where, and Escape goes back to where one was', async () => {
  const { page, disk, show } = await setting();
  await show({ path: disk, offset: 512 });
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.press('Control+g');
  await page.keyboard.type('p9:0');
  await page.getByText('there is no partition 9; there are p1, p2, p3').waitFor();
  await page.keyboard.press('Escape');
  await says(page).toMatch(/^offset 200, /);
});

test('a byte of an ext4 superblock is edited, the finding appears, and is gone when it is reverted; nothing was written', async () => {
  const { page, disk, show, run } = await setting();
  const before = await readFile(disk);
  await show({ path: disk, volume: 2, offset: 1024 + 4 });
  await says(page).toMatch(/field blocksCountLow/);
  await run('sectors.toggleLock');
  await page.getByRole('button', { name: 'Unlock demo-disk.img' }).click();
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.type('77');
  await page.keyboard.press('ArrowLeft');
  await says(page).toMatch(/77 hex, w, field blocksCountLow.*, modified$/);
  await page
    .getByText(/error, would appear|warning, would appear/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Revert the change at 1100404' }).click();
  await page.getByText('No bytes are changed.').waitFor();
  expect(await page.getByText(/would appear/).count()).toBe(0);
  await says(page).toMatch(/00 hex, NUL, field blocksCountLow$/);
  expect((await readFile(disk)).equals(before)).toBe(true);
});

test('staged bytes survive a reload of the page', async () => {
  const { page, disk, show, run } = await setting();
  await show({ path: disk, offset: 100 });
  await run('sectors.toggleLock');
  await page.getByRole('button', { name: 'Unlock demo-disk.img' }).click();
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.type('5a');
  await page.getByText('Staged editing, 1 byte staged').waitFor();
  await page.waitForLoadState('networkidle');
  await page.reload();
  const place = { path: disk, offset: 100 };
  await show(place);
  // The editor that the window restores may be there before the window hears of commands.
  await expect
    .poll(() => run('sectors.open', place).then(() => announced(page)), { timeout: 15_000, interval: 500 })
    .toBe('offset 64, 5A hex, Z, field bootCode, modified');
});

test('1 PiB is scrolled to its end, byte by byte exact', async () => {
  const { page, show } = await setting();
  await show({ path: await nbdkit('pattern', 'size=1P') });
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.press('Control+End');
  // nbdkit's pattern: every eight bytes hold their own offset, big endian.
  await says(page).toMatch(/^offset 3FFFFFFFFFFFF, F8 hex/);
  await page.keyboard.press('ArrowLeft');
  await says(page).toMatch(/^offset 3FFFFFFFFFFFE, FF hex/);
  const mirror = page.locator('.dw-sectors-mirror');
  const columns = Number(await mirror.getAttribute('aria-colcount')) - 1;
  expect(await mirror.getAttribute('aria-rowcount')).toBe(String(2 ** 50 / columns));
  expect(await mirror.locator('[role="row"]').count()).toBeLessThan(100);
});

test(
  'a device that hangs: said with the time that passed, cancelled within 100 ms, and other editors go on',
  { tags: ['alone'] },
  async () => {
    const { page, disk, show } = await setting();
    await show({ path: disk });
    const slow = await nbdkit('--filter=delay', 'pattern', 'size=1G', 'rdelay=60');
    await page.evaluate(
      (body) => fetch('/api/run', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
      JSON.stringify({ command: 'sectors.open', args: { path: slow } }),
    );
    await page.getByText(/has not answered for|Waiting for the device/).waitFor();
    const button = page.locator('.dw-sectors').getByRole('button', { name: 'Cancel' });
    const milliseconds = await button.evaluate(async (element) => {
      const start = performance.now();
      (element as HTMLElement).click();
      while (!/was cancelled/.test(document.body.innerText)) await new Promise(requestAnimationFrame);
      return performance.now() - start;
    });
    expect(milliseconds).toBeLessThan(100);
    await show({ path: disk, offset: 512 });
    await says(page).toMatch(/^offset 200, 45 hex/);
  },
);
