/** A disk is cloned in the page: wizard and plan. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { copyOf } from './journey';
import { makeLab } from './lab';
import { openPage, type OpenedPage } from './page';
import { scratchFolder } from './scratch';
import { startWorkbench, type RunningWorkbench } from './workbench';

export interface CloneLab extends OpenedPage {
  workbench: RunningWorkbench;
  folder: string;
  /** The lab's disk. */
  disk: string;
  /** Empty, 160 MiB. */
  bigger: string;
  /** As the lab's disk: a target with data on it. */
  used: string;
}

/** A workbench in a window, with images of the test's own. */
export async function openCloneLab(viewport?: { width: number; height: number }): Promise<CloneLab> {
  const folder = await scratchFolder();
  const { disk, bigger } = await makeLab(join(folder, 'lab'));
  const used = await copyOf(disk, folder, 'used.img');
  const workbench = await startWorkbench();
  const opened = await openPage(workbench.url, viewport ? { viewport } : {});
  await opened.page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  return { ...opened, workbench, folder, disk, bigger, used };
}

/** Opens the form of a command by its title in the Disk menu. */
export async function openWizard(page: Page, title: string): Promise<Locator> {
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).click();
  await page.getByRole('menuitem', { name: title }).click();
  return page.locator('dw-wizard');
}

/** Fills in the name of a device by hand. */
export async function nameDevice(wizard: Locator, label: string, name: string): Promise<void> {
  const input = wizard.getByLabel(label, { exact: true });
  await input.fill(name);
  await input.press('Tab');
}

/** Makes the plan of a clone, and answers its editor. */
export async function planClone(page: Page, source: string, target: string, { allSectors = false } = {}): Promise<Locator> {
  const wizard = await openWizard(page, 'Clone a disk…');
  await nameDevice(wizard, 'Source *', source);
  await nameDevice(wizard, 'Target *', target);
  await wizard.getByRole('checkbox', { name: 'All sectors' }).setChecked(allSectors);
  await wizard.getByRole('button', { name: 'Make plan' }).click();
  const plan = page.locator('dw-plan');
  await plan.getByRole('heading', { level: 1 }).waitFor();
  return plan;
}
