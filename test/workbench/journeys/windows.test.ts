/** Several windows, plugins that die, devices that come and go, settings: the window is one of several looks at the same host. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { cli } from '../../support/cli';
import {
  applyPlan,
  deviceTree,
  dialog,
  editorTab,
  eventually,
  labHome,
  map,
  runCommand,
  sharedBrowser,
  showView,
} from '../../support/journey';
import { nbdkit } from '../../support/nbdServer';
import { makeImage, MIB } from '../../support/sampleDisk';
import { scratchFolder } from '../../support/scratch';
import { must } from '../../support/tool';
import { requireRoot, requireTool } from '../../support/tools';

const browse = sharedBrowser();
const jobs = (page: Page) => page.getByRole('table', { name: 'Jobs' });
const theme = (page: Page) => page.evaluate(() => document.documentElement.dataset['theme']);

/** An image as a source that takes some seconds to be copied. */
const slowly = (image: string, rate: string) =>
  nbdkit('--readonly', '--filter=noextents', '--filter=rate', 'file', image, `rate=${rate}`);

test('a job goes on through a reload; a second window and one of the command line see the same', async () => {
  requireTool('nbdkit', 'sgdisk');
  const { home, folder, disk, bigger, smaller } = await labHome();
  const source = await slowly(disk, '50M');
  const { page, anotherWindow, errors } = await browse({ home });
  await runCommand(page, 'Disk: Clone a disk…');
  const wizard = page.locator('dw-wizard');
  await wizard.getByLabel('Source *', { exact: true }).fill(source.uri);
  await wizard.getByLabel('Target *', { exact: true }).fill(bigger);
  await wizard.getByLabel('All sectors').check();
  await wizard.getByRole('button', { name: 'Make plan' }).click();
  const job = await applyPlan(page, '');
  await job.getByRole('progressbar').waitFor();
  await page.reload();
  await job.getByRole('progressbar').waitFor();

  const other = await anotherWindow();
  await showView(other, 'Jobs');
  await jobs(other).getByRole('row').nth(1).dblclick();
  await other.locator('dw-job').getByRole('progressbar').waitFor();

  const third = join(folder, 'third.img');
  await makeImage(third, 160 * MIB);
  const result = await cli(['clone', 'disk', smaller, third, '--yes'], { home });
  expect(result.status, result.stderr).toBe(0);
  for (const window of [page, other]) {
    await showView(window, 'Jobs');
    await eventually(() => jobs(window).getByRole('row').count()).toBe(3);
    await eventually(() => jobs(window).getByText('Done').count()).toBe(2);
  }
  expect(await must('sgdisk', '-v', bigger)).toContain('No problems found');
  expect(errors).toEqual([]);
});

test('a plugin process is killed, and everything goes on', async () => {
  const { home } = await labHome();
  const { page, errors } = await browse({ home });
  await page.getByRole('button', { name: 'Layout of Demo disk' }).click();
  await map(page)
    .getByRole('option', { name: /^Partition 2 photos/ })
    .waitFor();
  await showView(page, 'Plugins');
  await page.getByRole('list', { name: 'Plugins' }).getByRole('button', { name: 'ext2, ext3, ext4' }).click();
  const plugin = page.locator('dw-plugin');
  const pid = plugin.locator('dt', { hasText: /^Process$/ }).locator('+ dd');
  await eventually(() => pid.innerText()).toMatch(/^\d+$/);
  process.kill(Number(await pid.innerText()), 'SIGKILL');
  await eventually(() => plugin.locator('dt', { hasText: 'Crashes' }).locator('+ dd').innerText()).toBe('1');
  await editorTab(page, /demo-disk/).click();
  await page.getByRole('button', { name: 'Read again' }).click();
  await page.getByRole('row', { name: /ext4 photos/ }).waitFor();
  expect(errors).toEqual([]);
});

test('a disk that is plugged in while the window is open appears, and vanishes when it is taken away', async () => {
  requireRoot();
  requireTool('losetup');
  const image = join(await scratchFolder(), 'stick.img');
  await makeImage(image, 16 * MIB);
  const { page, errors } = await browse();
  const device = (await must('losetup', '--find', '--show', image)).trim();
  let attached = true;
  const detach = async (): Promise<void> => {
    if (attached) await must('losetup', '--detach', device);
    attached = false;
  };
  try {
    const row = deviceTree(page).getByRole('treeitem', { name: device.split('/').at(-1)! });
    await row.waitFor();
    await detach();
    await row.waitFor({ state: 'detached' });
  } finally {
    await detach();
  }
  expect(errors).toEqual([]);
});

test('theme, keys and a setting of a plugin are changed, and hold after a reload and in a second window', async () => {
  const { page, anotherWindow, workbench, errors } = await browse();
  await runCommand(page, 'Preferences: Colour Theme…');
  await page.keyboard.type('High Contrast Dark');
  await page.keyboard.press('Enter');
  await eventually(() => theme(page)).toBe('high-contrast-dark');

  await runCommand(page, 'Preferences: Open Keyboard Shortcuts');
  await page.getByRole('searchbox', { name: 'Search commands and keys' }).fill('Show Plugins');
  await page.getByRole('row').filter({ hasText: 'View: Show Plugins' }).dblclick();
  await dialog(page).getByText('Nothing pressed yet').waitFor();
  await page.keyboard.press('F9');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor({ state: 'hidden' });

  await runCommand(page, 'Preferences: Open Settings (JSON)');
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Space');
  await page.keyboard.type('bootGap');
  await page.getByRole('option', { name: /disk-clone\.bootGapMiB/ }).waitFor();
  await page.keyboard.press('Enter');
  await eventually(() => page.locator('.view-lines').innerText()).toMatch(/"disk-clone\.bootGapMiB":\s16/);
  await page.keyboard.press('Control+s');
  await eventually(async () => (await workbench.request('settings/values', {})).values['disk-clone.bootGapMiB']).toBe(16);

  await page.reload();
  for (const window of [page, await anotherWindow()]) {
    await deviceTree(window)
      .or(window.getByRole('list', { name: 'Plugins' }))
      .waitFor();
    expect(await theme(window)).toBe('high-contrast-dark');
    await window.keyboard.press('F9');
    await window.getByRole('list', { name: 'Plugins' }).waitFor();
  }
  expect(errors).toEqual([]);
});

test('after a log out in one window the other one is refused, and both say what to do', async () => {
  const { page, anotherWindow } = await browse();
  const other = await anotherWindow();
  await runCommand(page, 'File: Log Out of All Windows…');
  await dialog(page).getByRole('button', { name: 'Log out' }).click();
  for (const window of [page, other]) {
    const banner = window.getByRole('alert').filter({ hasText: 'logged out' });
    await banner.waitFor();
    expect(await banner.innerText()).toContain('diskwright start');
  }
  const answer = await other.reload();
  expect(answer!.status()).toBe(401);
  expect(await other.locator('body').innerText()).toContain('diskwright start');
});
