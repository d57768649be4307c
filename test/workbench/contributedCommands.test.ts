/** What plugins bring stands where their manifests place it; without them the page says what it cannot do. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openCloneLab } from '../support/clonePage';
import { dialog, openLayout, openSectors, runCommand } from '../support/journey';

const layout = (page: Page) => page.locator('dw-layout-editor');
const contextMenu = (page: Page) => page.locator('.lm-Menu');

test('a clone is offered on a device and on a partition, with its name filled in', async () => {
  const { page, disk, workbench } = await openCloneLab();
  await openLayout(page, disk);
  await layout(page)
    .getByRole('row', { name: /photos/ })
    .click();
  await layout(page).getByRole('button', { name: 'Clone a partition…' }).click();
  const wizard = page.locator('dw-wizard:visible');
  await expect.poll(() => wizard.getByLabel('Source *', { exact: true }).inputValue()).toBe(`${disk}#2`);
  const { commands } = await workbench.request('commands/list', {});
  expect(commands.filter(({ contribution }) => contribution.audience === 'programs')).toHaveLength(2);
});

test('what only programs call stands in no menu', async () => {
  const { page } = await openCloneLab();
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).click();
  await contextMenu(page).getByRole('menuitem', { name: 'Clone a disk…' }).waitFor();
  expect(
    await contextMenu(page)
      .getByText(/Write edited bytes|Change partitions/)
      .count(),
  ).toBe(0);
});

test('from the palette a command is given what the active editor shows', async () => {
  const { page, disk } = await openCloneLab();
  await openLayout(page, disk);
  await runCommand(page, 'Disk: Clone a disk…');
  await expect.poll(() => page.locator('dw-wizard').getByLabel('Source *', { exact: true }).inputValue()).toBe(disk);
});

test('without the clone plugin a clone is offered nowhere, and comes back with it', async () => {
  const { page, disk, workbench } = await openCloneLab();
  await openLayout(page, disk);
  const clone = layout(page).getByRole('button', { name: 'Clone a disk…' });
  await clone.waitFor();
  await workbench.request('plugins/setEnabled', { id: 'disk-clone', enabled: false });
  await clone.waitFor({ state: 'detached' });
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).click();
  await contextMenu(page).getByRole('menuitem', { name: 'Open Layout' }).waitFor();
  expect(await contextMenu(page).getByText('Clone').count()).toBe(0);
  await page.keyboard.press('Escape');
  await workbench.request('plugins/setEnabled', { id: 'disk-clone', enabled: true });
  await clone.waitFor();
});

test('without the plugin that plans partitions planning cannot begin, and the reason stands beside it', async () => {
  const { page, disk, workbench } = await openCloneLab();
  await openLayout(page, disk);
  await workbench.request('plugins/setEnabled', { id: 'partition-edit', enabled: false });
  const reason = layout(page).getByText(/plugin partition-edit, which is disabled/);
  await reason.waitFor();
  expect(await layout(page).getByRole('button', { name: 'Plan changes' }).isDisabled()).toBe(true);
});

test('without the plugin that writes bytes editing stays locked, and says why', async () => {
  const { page, disk, workbench } = await openCloneLab();
  await workbench.request('plugins/setEnabled', { id: 'sector-edit', enabled: false });
  await openLayout(page, disk);
  await openSectors(page);
  await page
    .getByRole('button', { name: /Unlock editing/ })
    .first()
    .click();
  await page
    .getByText(/plugin sector-edit, which is disabled/)
    .first()
    .waitFor();
  expect(await dialog(page).count()).toBe(0);
});
