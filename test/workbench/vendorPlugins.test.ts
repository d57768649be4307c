/** Plugins of others in the window: their views, their providers, their process ended under a form of theirs. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { nameDevice, openWizard } from '../support/clonePage';
import { builtInPackages, makeDistribution } from '../support/distribution';
import { eventually, expectCursorAt, runCommand } from '../support/journey';
import { makeLab } from '../support/lab';
import { openPage } from '../support/page';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { scratchFolder } from '../support/scratch';
import { startWorkbench, type RunningWorkbench } from '../support/workbench';

async function vendorLab(): Promise<{ workbench: RunningWorkbench; disk: string; window: () => ReturnType<typeof openPage> }> {
  const folder = await scratchFolder();
  const { disk } = await makeLab(join(folder, 'lab'));
  const env = await makeDistribution(join(folder, 'dist'), await builtInPackages());
  await buildPluginFixtures(join(folder, 'dist', 'plugins'), 'views');
  const workbench = await startWorkbench({ env });
  const window = async () => {
    const opened = await openPage(workbench.url);
    await opened.page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
    return opened;
  };
  return { workbench, disk, window };
}

/** Types of the filesystems of the lab's disk. */
async function filesystems({ request }: RunningWorkbench, path: string): Promise<(string | null)[]> {
  const { deviceId } = await request('devices/open', { path });
  const { layout } = await request('devices/layout', { deviceId });
  return layout.partitions.map(({ filesystem }) => filesystem?.type ?? null);
}

async function showTree(page: Page, disk: string) {
  const wizard = await openWizard(page, 'Tree of a disk…');
  await nameDevice(wizard, 'Disk *', disk);
  await wizard.getByRole('button', { name: 'Show' }).click();
  return page.locator('dw-result').getByRole('tree', { name: 'Places' });
}

test('a tree is walked by its keys, and Enter leads to the sectors of an item', async () => {
  const { disk, window } = await vendorLab();
  const { page, errors } = await window();
  const tree = await showTree(page, disk);
  await tree.getByRole('treeitem', { name: /^Table/ }).press('ArrowDown');
  const header = tree.getByRole('treeitem', { name: /^Header/ });
  expect(await header.getAttribute('aria-level')).toBe('2');
  await header.press('ArrowLeft');
  await tree.getByRole('treeitem', { name: /^Table/ }).press('ArrowLeft');
  expect(await tree.getByRole('treeitem').count()).toBe(2);
  await tree.getByRole('treeitem', { name: /^Table/ }).press('ArrowRight');
  await tree.getByRole('treeitem', { name: /^Table/ }).press('ArrowRight');
  await header.press('Enter');
  await expectCursorAt(page, 512);
  expect(errors).toEqual([]);
});

test('a plugin is restarted while its form and its view are open: both go on', async () => {
  const { workbench, disk, window } = await vendorLab();
  const { page } = await window();
  await showTree(page, disk);
  const processId = async () =>
    (await workbench.request('plugins/list', {})).plugins.find(({ id }) => id === 'views')!.process?.pid;
  const before = await processId();
  // The result takes the focus as it opens.
  await eventually(() =>
    page
      .locator('dw-result')
      .filter({ has: page.locator(':focus') })
      .or(page.locator('dw-result:focus'))
      .count(),
  ).toBe(1);
  await runCommand(page, 'Show Plugins');
  await page.getByRole('list', { name: 'Plugins' }).getByRole('button', { name: 'Views' }).click();
  await page.locator('dw-plugin').getByRole('button', { name: 'Restart…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart Views' }).click();
  await eventually(async () => (await processId()) ?? before).not.toBe(before);
  await page.getByRole('tab', { name: 'Tree of a disk' }).first().click();
  await page.locator('dw-wizard').getByRole('button', { name: 'Show' }).click();
  await eventually(() => page.locator('dw-result').count()).toBe(2);
});

test('of two providers that know a volume, the preferred one is taken as soon as the setting says so', async () => {
  const { workbench, disk } = await vendorLab();
  expect(await filesystems(workbench, disk)).toEqual(['vfat', 'ext4', 'vfat']);
  await workbench.request('settings/set', { key: 'providers.preferred', value: ['rival-fat'] });
  const other = join(await scratchFolder(), 'other.img');
  await copyFile(disk, other);
  expect(await filesystems(workbench, other)).toEqual(['toyfs', 'ext4', 'toyfs']);
});
