/** The devices view and the device picker in the real page. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deviceRow, openLayout } from '../support/journey';
import { sharedLab } from '../support/lab';
import { nbdkit } from '../support/nbdServer';
import { openPage } from '../support/page';
import { scratchFolder } from '../support/scratch';
import { suspend } from '../support/suspend';
import { must, tool } from '../support/tool';
import { findTool, requireTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';

const lab = sharedLab();

test('from the disk to a structure of a partition by keyboard alone', async () => {
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, lab.disk);
  const tree = page.getByRole('tree', { name: 'Devices' });
  await tree.getByRole('treeitem').first().focus();
  await page.keyboard.type('demo');
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, '2 photos').waitFor();
  await page.keyboard.type('2 ph');
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, 'ext superblock').first().waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page
    .getByRole('tab', { name: /demo-disk\.img/ })
    .nth(1)
    .waitFor();
});

test('what was forgotten is no longer listed', async () => {
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, lab.disk);
  await deviceRow(page, 'demo-disk.img').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Forget' }).click();
  await deviceRow(page, 'demo-disk.img').waitFor({ state: 'detached' });
  const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('role') ?? null);
  await expect.poll(focused).toBe('treeitem');
});

test('an image that is gone says why in its place', async () => {
  const image = join(await scratchFolder(), 'short-lived.img');
  await must('truncate', '-s', '1M', image);
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, image);
  await rm(image);
  await page.keyboard.press('F5');
  await deviceRow(page, 'Cannot be opened').waitFor();
});

test.skipIf(process.getuid?.() !== 0 || !findTool('losetup'))(
  'a disk that is plugged in appears, and vanishes when it is taken away',
  async () => {
    const folder = await scratchFolder();
    const image = join(folder, 'plugged.img');
    await must('truncate', '-s', '8M', image);
    const { url } = await startWorkbench();
    const { page } = await openPage(url);
    await page.getByRole('tree', { name: 'Devices' }).waitFor();
    const device = (await must('losetup', '--find', '--show', image)).trim();
    onTestFinished(async () => void (await tool('losetup', '--detach', device)));
    const row = deviceRow(page, device.split('/').at(-1)!);
    await row.waitFor();
    expect(await row.innerText()).toContain('8 MiB');
    await must('losetup', '--detach', device);
    await row.waitFor({ state: 'detached' });
  },
);

test('an export that does not answer is waited for in the tree and in the picker, and waiting is cancelled in each', async () => {
  requireTool('nbdkit');
  const workbench = await startWorkbench();
  const { uri, pid } = await nbdkit('memory', '64M');
  const { page } = await openPage(workbench.url);
  await openLayout(page, uri);
  await openLayout(page, lab.disk);
  await suspend(pid);
  await deviceRow(page, 'has not answered yet').click();
  await page.keyboard.press('F5');
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, 'Waiting: it has not answered yet').waitFor();
  await deviceRow(page, 'Cancel').click();
  await deviceRow(page, 'Not read: cancelled').waitFor();
  await deviceRow(page, 'demo-disk.img').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Compare with…' }).click();
  const picker = page.getByRole('dialog');
  await picker.getByRole('button', { name: 'Cancel waiting for nbdkit.sock' }).click();
  await picker.getByRole('button', { name: 'Try again to read nbdkit.sock' }).waitFor();
  expect(await picker.getByRole('option', { name: /nbdkit\.sock/ }).innerText()).toContain('what is on it was not read');
  process.kill(pid, 'SIGCONT');
  await picker.getByRole('button', { name: 'Try again to read nbdkit.sock' }).click();
  await picker
    .getByRole('option', { name: /nbdkit\.sock/ })
    .getByText('Nothing is recognised on it')
    .waitFor();
});

test('the picker refuses what cannot be chosen and says why', async () => {
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, lab.disk);
  await deviceRow(page, 'demo-disk.img').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Compare with…' }).click();
  const option = page.getByRole('dialog').getByRole('option', { name: /demo-disk\.img/ });
  await option.getByText('2: photos · ext4 · 36 MiB').waitFor();
  expect(await option.getAttribute('aria-disabled')).toBe('true');
  expect(await option.innerText()).toContain('is the first device');
  await option.click({ force: true });
  expect(await page.getByRole('button', { name: 'Compare', exact: true }).isDisabled()).toBe(true);
});
