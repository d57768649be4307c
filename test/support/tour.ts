/** Every main view of the workbench, one after the other, with something to see in each. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import {
  applyPlan,
  bytes,
  deviceTree,
  dialog,
  editorTab,
  eventually,
  goTo,
  type Journey,
  labHome,
  map,
  pickImage,
  runCommand,
  showView,
} from './journey';
import type { RunningWorkbench, WorkbenchOptions } from './workbench';

/** A whole tour takes a while on a small machine. */
export const MINUTES = 60_000;
export const THEMES = ['light', 'dark', 'high-contrast-dark', 'high-contrast-light'] as const;
export type Theme = (typeof THEMES)[number];

type Browse = (options: WorkbenchOptions, context?: BrowserContextOptions) => Promise<Journey>;

/** Goes through the views and calls `look` at each; the window is as a user would have it who came there. */
export async function tour(
  browse: Browse,
  look: (view: string, window: Journey) => Promise<void>,
  context?: BrowserContextOptions,
): Promise<void> {
  const lab = await labHome();
  const window = await browse({ home: lab.home }, context);
  const { page } = window;
  const at = (view: string): Promise<void> => look(view, window);
  await page.getByRole('button', { name: 'Layout of Demo disk' }).waitFor();
  await at('welcome');
  await layouts(page, at);
  await sectors(page, at);
  await clone(page, lab, at);
  await plugins(page, at);
  await preferences(page, at);
  await prompts(page, lab.home, at);
}

type At = (view: string) => Promise<void>;

async function layouts(page: Page, at: At): Promise<void> {
  await page.getByRole('button', { name: 'Layout of Demo disk' }).click();
  const row = deviceTree(page).getByRole('treeitem', { name: /demo-disk/ });
  await row.click();
  await page.keyboard.press('ArrowRight');
  await deviceTree(page)
    .getByRole('treeitem', { name: /^2 photos/ })
    .waitFor();
  await map(page)
    .getByRole('option', { name: /^Partition 2/ })
    .click();
  await at('layout');
  await page.getByRole('button', { name: 'Allocation map' }).click();
  await page.getByText(/^Cell 1 of/).waitFor();
  await at('allocation');
  await editorTab(page, 'demo-disk.img').first().click();
  await page.getByRole('button', { name: 'Plan changes' }).click();
  const after = page.getByRole('listbox', { name: /^After/ });
  await after.getByRole('option', { name: /^Partition 1/ }).click();
  await page.getByRole('button', { name: 'Delete partition 1' }).click();
  await after.getByRole('option', { name: /^Partition 3/ }).click();
  await page.getByLabel('Size', { exact: true }).fill('42 MiB');
  await page.getByRole('button', { name: 'Change partition' }).click();
  await page.getByRole('button', { name: 'Plan changes' }).scrollIntoViewIfNeeded();
  await at('planning');
  await page.getByRole('button', { name: 'Take all back' }).click();
  await page.getByRole('button', { name: 'Plan changes' }).click();
}

async function sectors(page: Page, at: At): Promise<void> {
  await page.locator('dw-layout-editor').getByRole('button', { name: 'Sectors', exact: true }).click();
  await bytes(page).waitFor();
  await page.getByRole('button', { name: /^All structures \(\d/ }).waitFor();
  await goTo(page, 'p2:0x410');
  await page.getByRole('treeitem', { name: /^freeInodesCount/ }).waitFor();
  await showView(page, 'Owner');
  await page.getByRole('button', { name: /^Field freeInodesCount/ }).waitFor();
  await at('sectors');
  await page.getByRole('tab', { name: 'Data Inspector' }).click();
  await bytes(page).focus();
  await page.keyboard.press('Control+f');
  await page.getByLabel('Pattern', { exact: true }).fill('photos');
  await page.keyboard.press('Enter');
  await page.getByRole('listbox', { name: 'Hits' }).getByRole('option').first().waitFor();
  await page.getByText(/^Done, /).waitFor();
  await at('search');
  await page.getByRole('tab', { name: 'Structure' }).click();
  await page
    .getByRole('toolbar', { name: 'Sectors' })
    .getByRole('button', { name: /Unlock/ })
    .click();
  await at('unlock');
  await dialog(page).getByRole('button', { name: 'Unlock demo-disk.img' }).click();
  await showView(page, 'Pending Changes');
  await bytes(page).focus();
  await page.keyboard.type('ff');
  await page
    .getByText(/would appear/)
    .first()
    .waitFor();
  await at('pending');
  await page.getByRole('button', { name: 'Revert all' }).click();
  await page.keyboard.press('Control+j');
  await page.keyboard.press('Control+Alt+b');
}

async function clone(page: Page, { disk, bigger }: { disk: string; bigger: string }, at: At): Promise<void> {
  await runCommand(page, 'Disk: Clone a disk…');
  const wizard = page.locator('dw-wizard');
  await wizard.getByLabel('Source *', { exact: true }).fill(disk);
  await wizard.getByLabel('Source *', { exact: true }).press('Tab');
  const target = wizard.locator('.dw-field', { hasText: 'the disk to write' });
  await target
    .getByRole('option', { name: /demo-disk/ })
    .getByText('photos')
    .waitFor();
  await at('picker');
  await pickImage(page, target, bigger);
  await wizard.getByRole('heading', { name: 'What would be done' }).waitFor();
  await eventually(() => wizard.getByText('Checking what you gave…').count()).toBe(0);
  await at('wizard');
  await wizard.getByRole('button', { name: 'Make plan' }).click();
  const plan = page.locator('dw-plan');
  await plan.getByRole('list', { name: 'Steps' }).getByRole('listitem').first().waitFor();
  await plan.getByRole('button', { name: 'Simulate' }).click();
  const simulation = plan.locator('dw-simulation');
  await simulation.getByRole('button', { name: 'Check volumes' }).click();
  await eventually(() => simulation.getByText('nothing found').count()).toBe(3);
  await at('plan');
  await page.getByRole('button', { name: 'Apply…' }).click();
  await dialog(page)
    .getByRole('button', { name: /^(Erase and write|Write) / })
    .waitFor();
  await dialog(page)
    .getByText(/^Options: /)
    .click();
  await dialog(page).getByLabel('Keep digests of what is copied').waitFor();
  await at('apply');
  await page.keyboard.press('Escape');
  const job = await applyPlan(page, '');
  await eventually(() => job.getByRole('status').first().innerText()).toContain('Done');
  await showView(page, 'Jobs');
  await page.getByRole('table', { name: 'Jobs' }).waitFor();
  await at('job');
  await job.getByRole('button', { name: 'Report…' }).click();
  await dialog(page).getByLabel('Report').waitFor();
  await at('report');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+j');
}

async function plugins(page: Page, at: At): Promise<void> {
  await showView(page, 'Plugins');
  await page.getByRole('list', { name: 'Plugins' }).getByRole('button', { name: 'ext2, ext3, ext4' }).click();
  await page.locator('dw-plugin').getByText('(PSS)').waitFor();
  await at('plugins');
  await showView(page, 'Devices');
}

async function preferences(page: Page, at: At): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.locator('dw-settings').getByRole('heading', { name: 'Workbench' }).waitFor();
  await at('settings');
  await runCommand(page, 'Preferences: Open Settings (JSON)');
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await at('settingsJson');
  await runCommand(page, 'Preferences: Open Keyboard Shortcuts');
  await page.getByRole('row').nth(3).waitFor();
  await at('keybindings');
}

async function prompts(page: Page, home: string, at: At): Promise<void> {
  await page.keyboard.press('F1');
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await at('palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+w');
  await page.getByText('No editor is open').waitFor();
  await at('empty');
  await page.keyboard.press('Control+o');
  await dialog(page).getByRole('combobox').fill(`${home}/lab/`);
  await dialog(page)
    .getByRole('option', { name: /demo-disk/ })
    .waitFor();
  await at('chooseFile');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+O');
  await page.getByPlaceholder(/disk\.img/).fill('/nonexistent.img');
  await page.keyboard.press('Enter');
  await page
    .getByText(/nonexistent\.img/)
    .first()
    .waitFor();
  await at('notification');
}

/** Chooses a theme as the settings do, and waits until the window wears it. */
export async function wear({ page, workbench }: { page: Page; workbench: RunningWorkbench }, theme: Theme): Promise<void> {
  await workbench.request('settings/set', { key: 'workbench.theme', value: theme });
  await eventually(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
}
