/** Plugins in the window: turned off and on, and killed. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openCloneLab, type CloneLab } from '../support/clonePage';
import { eventually } from '../support/journey';

async function openPlugin({ page }: CloneLab, name: string) {
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Show Plugins');
  await page.keyboard.press('Enter');
  await row(page, name).getByRole('button', { name }).click();
  const editor = page.locator('dw-plugin');
  await editor.getByRole('heading', { level: 1, name }).waitFor();
  return editor;
}

const row = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Plugins' }).getByRole('listitem').filter({ hasText: name });

/** Types of the filesystems on the lab's disk, as the host finds them. */
async function filesystems({ workbench, disk }: CloneLab) {
  const { deviceId } = await workbench.request('devices/open', { path: disk });
  const { layout } = await workbench.request('devices/layout', { deviceId });
  return layout.partitions.map(({ filesystem }) => filesystem?.type ?? null);
}

const stick = async ({ workbench, disk }: CloneLab) => {
  const { deviceId } = await workbench.request('devices/open', { path: disk });
  return { deviceId, partition: 3 };
};

test('a plugin is disabled after saying what is lost, and enabled again', async () => {
  const lab = await openCloneLab();
  const editor = await openPlugin(lab, 'FAT filesystems');
  await editor.getByRole('button', { name: 'Disable…' }).click();
  const dialog = lab.page.getByRole('dialog');
  expect(await dialog.innerText()).toMatch(/Without it you do not have: .*filesystem vfat/);
  await dialog.getByRole('button', { name: 'Disable FAT filesystems' }).click();
  await editor.getByText('It is not used until you enable it.').waitFor();
  expect(await row(lab.page, 'FAT filesystems').getByRole('switch').isChecked()).toBe(false);
  expect(await filesystems(lab)).toEqual([null, 'ext4', null]);
  await editor.getByRole('button', { name: 'Enable', exact: true }).click();
  await editor.getByRole('button', { name: 'Disable…' }).waitFor();
  expect(await filesystems(lab)).toEqual(['vfat', 'ext4', 'vfat']);
});

test('a plugin whose process is killed shows it, and the window goes on', async () => {
  const lab = await openCloneLab();
  await filesystems(lab);
  const editor = await openPlugin(lab, 'FAT filesystems');
  const facts = editor.locator('.dw-facts');
  await facts.getByText(/MiB \(PSS\)|not told/).waitFor();
  const running = async () => (await lab.workbench.request('plugins/list', {})).plugins.find(({ id }) => id === 'fs-fat')!;
  process.kill((await running()).process!.pid, 'SIGKILL');
  await eventually(() => facts.innerText()).toMatch(/Crashes\s+1/);
  await lab.workbench.request('devices/open', { path: lab.bigger });
  expect(await filesystems(lab)).toEqual(['vfat', 'ext4', 'vfat']);
  await eventually(() => editor.locator('.dw-plugin-state').innerText()).toContain('Running');
});

test('a plugin that crashes again and again is disabled, and that is told wherever the user is', async () => {
  const lab = await openCloneLab();
  const runningProcess = async () =>
    (await lab.workbench.request('plugins/list', {})).plugins.find(({ id }) => id === 'fs-fat')!.process;
  for (let crash = 0; crash < 3; crash++) {
    await filesystems(lab);
    await lab.workbench.request('volumes/info', await stick(lab));
    const { pid } = (await runningProcess())!;
    process.kill(pid, 'SIGKILL');
    await eventually(async () => (await runningProcess())?.pid).not.toBe(pid);
  }
  const notice = lab.page.getByRole('group', { name: /The plugin FAT filesystems was disabled/ });
  await notice.getByRole('button', { name: 'Show plugin' }).click();
  await lab.page.locator('dw-plugin').getByText('Disabled after crashes').waitFor();
});

test('the log can be narrowed to what went wrong', async () => {
  const lab = await openCloneLab();
  await filesystems(lab);
  const editor = await openPlugin(lab, 'ext2, ext3, ext4');
  await editor.getByLabel('Show').selectOption('error');
  await editor.getByText(/No line of this kind|It has written nothing yet/).waitFor();
});
