/** What a user does in the workbench, a function an action; found by role and name, as a screen reader finds it. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { collectErrors, sharedChromium } from './page';
import { makeLab } from './lab';
import { scratchFolder } from './scratch';
import { startWorkbench, type RunningWorkbench, type WorkbenchOptions } from './workbench';

/** A window of the workbench, on a data folder of its own. */
export interface Journey {
  workbench: RunningWorkbench;
  context: BrowserContext;
  page: Page;
  /** What any window threw or its console called an error so far. */
  errors: string[];
  /** One more window of the same session. */
  anotherWindow(): Promise<Page>;
}

/** Where a test's images lie, and the workbench's own lab. */
export interface JourneyLab {
  /** A `DISKWRIGHT_HOME` with the lab in it. */
  home: string;
  folder: string;
  disk: string;
  bigger: string;
  smaller: string;
}

/** Opens journeys in the browser of all tests of this process; each in a context of its own, gone with its test. */
export function sharedBrowser(): (
  workbench?: RunningWorkbench | WorkbenchOptions,
  options?: BrowserContextOptions,
) => Promise<Journey> {
  return async (given = {}, options = {}) => {
    const [workbench, browser] = await Promise.all(['url' in given ? given : startWorkbench(given), sharedChromium()]);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
    onTestFinished(async ({ task }) => {
      if (task.result?.state === 'fail') await picturesOf(context, task.name);
      await context.close();
    });
    context.setDefaultTimeout(15_000);
    const errors: string[] = [];
    const open = async (url: string): Promise<Page> => {
      const page = await context.newPage();
      collectErrors(page, errors);
      await page.goto(url);
      await deviceTree(page).waitFor();
      return page;
    };
    return { workbench, context, page: await open(workbench.url), errors, anotherWindow: () => open(workbench.origin) };
  };
}

/** What a test that failed saw, where `DISKWRIGHT_TEST_FAILURES` names a folder for it. */
async function picturesOf(context: BrowserContext, name: string): Promise<void> {
  const folder = process.env['DISKWRIGHT_TEST_FAILURES'];
  if (!folder) return;
  for (const [index, page] of context.pages().entries()) {
    await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-').slice(0, 60)}-${index}.png`) });
  }
}

/** A data folder with the lab in it, as the first start makes it. */
export async function labHome(): Promise<JourneyLab> {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  return { home, folder, ...(await makeLab(join(home, 'lab'))) };
}

/** A copy that the test may break. */
export async function copyOf(image: string, folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await copyFile(image, path);
  return path;
}

export const deviceTree = (page: Page): Locator => page.getByRole('tree', { name: 'Devices' });
export const editorTab = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('tablist', { name: 'Editors' }).getByRole('tab', { name });
export const statusBar = (page: Page): Locator => page.getByRole('contentinfo', { name: 'Status bar' });
export const dialog = (page: Page): Locator => page.getByRole('dialog');
export const map = (page: Page): Locator => page.getByRole('listbox', { name: /^Map of/ });

/** Runs a command of the palette by its title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+Shift+P');
  const box = page.getByRole('combobox', { name: /command/i });
  await box.fill(`>${title}`);
  await page.getByRole('option', { name: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** Shows a view by its title, wherever it stands. */
export async function showView(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await page.getByRole('combobox').last().fill(`view ${title}`);
  await page.getByRole('option', { name: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** A row of the devices view. */
export const deviceRow = (page: Page, text: string | RegExp): Locator =>
  deviceTree(page).getByRole('treeitem').filter({ hasText: text });

/** Asks for a device by its path, address or name; its layout is shown once it has answered. */
export async function openDevice(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+Shift+O');
  await page.getByPlaceholder(/disk\.img/).fill(name);
  await page.keyboard.press('Enter');
}

/** Opens a device by its path, address or name, and waits for its layout. */
export async function openLayout(page: Page, name: string): Promise<void> {
  await deviceTree(page).waitFor();
  await openDevice(page, name);
  await page.locator('dw-layout-editor').getByRole('grid').waitFor();
}

/** The sectors of the device whose layout is shown. */
export async function openSectors(page: Page): Promise<Locator> {
  await page.locator('dw-layout-editor:visible').getByRole('button', { name: 'Sectors', exact: true }).click();
  return bytes(page);
}

/** The grid of the sector editor. */
export const bytes = (page: Page): Locator => page.getByRole('grid', { name: /^Bytes of/ });

/** Goes to a place by expression. */
export async function goTo(page: Page, expression: string): Promise<void> {
  await page.keyboard.press('Control+g');
  await page.getByPlaceholder(/0x1F400/).fill(expression);
  await page.keyboard.press('Enter');
}

/** Unlocks editing of the device whose sectors are shown, after its warning. */
export async function unlock(page: Page, label: string): Promise<void> {
  await page
    .getByRole('toolbar', { name: 'Sectors' })
    .getByRole('button', { name: /Unlock/ })
    .click();
  await dialog(page)
    .getByRole('button', { name: `Unlock ${label}` })
    .click();
}

/** Where the cursor of the sector editor is, as the status bar says it. */
export const place = (page: Page): Locator => statusBar(page).getByRole('button', { name: /^Offset/ });

/** Waits until the cursor is at an offset. */
export async function expectCursorAt(page: Page, offset: number): Promise<void> {
  await expect
    .poll(() => place(page).innerText(), { timeout: 10_000 })
    .toMatch(new RegExp(`^Offset 0*${offset.toString(16)}\\b`, 'i'));
}

/** Presses Tab until something has the focus. @throws when it never has */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const isFocused = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement);
  for (let pressed = 0; pressed < 60; pressed++) {
    if (await isFocused()) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not come to ${target}`);
}

/** Waits longer than a usual action takes: jobs, plugins and judgements of plans. */
export const eventually = <T>(read: () => T | Promise<T>, milliseconds = 20_000): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: milliseconds });

/** Types a path into the dialog that chooses a file. @param action its button: Open or Save */
export async function chooseFile(page: Page, path: string, action: 'Open' | 'Save'): Promise<void> {
  await dialog(page).getByRole('combobox').fill(path);
  await dialog(page).getByRole('button', { name: action, exact: true }).click();
  await dialog(page).waitFor({ state: 'hidden' });
}

/** Chooses an image in the device picker of a form's field. */
export async function pickImage(page: Page, field: Locator, path: string): Promise<void> {
  await field.getByRole('button', { name: 'Open image…' }).click();
  await chooseFile(page, path, 'Open');
}

/** Applies the plan that is shown, typing `word` or, without one, what the dialog asks for; answers the job's editor. */
export async function applyPlan(page: Page, word?: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Apply…' }).click();
  const go = dialog(page).getByRole('button', { name: /^(Erase and write|Write) / });
  await go.waitFor();
  const asked = dialog(page).locator('.dw-apply-word strong');
  const typed = word ?? ((await asked.count()) > 0 ? await asked.innerText() : '');
  if (typed !== '') await dialog(page).getByRole('textbox').fill(typed);
  await go.click();
  const job = page.locator('dw-job');
  await job.getByRole('heading', { level: 1 }).waitFor();
  return job;
}
