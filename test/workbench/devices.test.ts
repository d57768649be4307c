/** The devices view and the device picker in the real page. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deviceRow, openLayout } from '../support/journey';
import { sharedLab } from '../support/lab';
import { openPage } from '../support/page';
import { scratchFolder } from '../support/scratch';
import { must, tool } from '../support/tool';
import { findTool } from '../support/tools';
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
