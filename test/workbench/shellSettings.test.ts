/** Settings, keys and themes, as forms and as text; and what axe-core finds wrong in the window. */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dialog, editorTab, eventually, runCommand, sharedBrowser } from '../support/journey';

const openWindow = sharedBrowser();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const theme = (page: Page) => page.evaluate(() => document.documentElement.dataset.theme);

/** Rules with a serious or critical violation, with the elements they are about. */
async function seriousFindings(page: Page): Promise<string[]> {
  // By the browser's own console: the page's policy allows no script of others.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' + failureSummary))))`,
    awaitPromise: true,
  });
  return JSON.parse(result.value as string) as string[];
}

test('a theme is shown while it is chosen, and stays when it was', async () => {
  const { page, workbench } = await openWindow({}, { colorScheme: 'dark' });
  expect(await theme(page)).toBe('dark');
  await runCommand(page, 'Preferences: Colour Theme…');
  await page.getByRole('option', { name: 'Light', exact: true }).waitFor();
  await page.keyboard.type('high contrast light');
  await eventually(() => theme(page)).toBe('high-contrast-light');
  await page.keyboard.press('Escape');
  await eventually(() => theme(page)).toBe('dark');
  await runCommand(page, 'Preferences: Colour Theme…');
  await page.keyboard.type('high contrast light');
  await page.keyboard.press('Enter');
  await eventually(() => theme(page)).toBe('high-contrast-light');
  await eventually(async () => (await workbench.request('settings/values', {})).values['workbench.theme']).toBe(
    'high-contrast-light',
  );
});

test('a setting is found, changed and put back in the form', async () => {
  const { page, workbench } = await openWindow();
  await page.keyboard.press('Control+,');
  await page.getByRole('searchbox', { name: 'Search settings' }).fill('notification time');
  const field = page.getByRole('spinbutton', { name: 'Notification time' });
  await field.fill('9999');
  await field.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'The most is 600.' }).waitFor();
  await field.fill('20');
  await field.press('Enter');
  await page.getByText('Modified', { exact: true }).waitFor();
  const stored = async () => JSON.parse((await workbench.request('settings/read', { document: 'settings' })).text) as object;
  await eventually(stored).toEqual({ 'notifications.seconds': 20 });
  await page.getByRole('button', { name: 'Reset Notification time' }).click();
  await eventually(stored).toEqual({});
});

test('settings.json is completed from the schema, saved by key, and guarded against others', async () => {
  const { page, workbench, errors } = await openWindow();
  await runCommand(page, 'Preferences: Open Settings (JSON)');
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /notifications\.seconds/ }).waitFor();
  await page.keyboard.type('notif');
  await page.keyboard.press('Enter');
  await eventually(() => page.locator('.view-lines').innerText()).toMatch(/"notifications\.seconds":\s10/);
  await editorTab(page, 'settings.json, unsaved changes').waitFor();
  await page.keyboard.press('Control+s');
  const text = async () => (await workbench.request('settings/read', { document: 'settings' })).text;
  await eventually(text).toContain('"notifications.seconds": 10');
  await editorTab(page, 'settings.json').waitFor();
  // Another program writes it between two saves of ours.
  await page.keyboard.type('7');
  await writeFile(join(workbench.home, 'settings.json'), '{ "notifications.seconds": 30 }\n');
  await page.keyboard.press('Control+s');
  await dialog(page).getByRole('button', { name: 'Take the other version' }).click();
  await eventually(() => page.locator('.view-lines').innerText()).toMatch(/"notifications\.seconds":\s30/);
  expect(errors).toEqual([]);
});

test('closing a text with changes asks first', async () => {
  const { page } = await openWindow();
  await runCommand(page, 'Preferences: Open Settings (JSON)');
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await page.keyboard.type('x');
  await page.keyboard.press('Alt+w');
  await dialog(page).getByRole('button', { name: 'Keep open' }).click();
  await editorTab(page, /settings\.json/).waitFor();
  await page.keyboard.press('Alt+w');
  await dialog(page).getByRole('button', { name: 'Close anyway' }).click();
  await eventually(() => editorTab(page, /settings\.json/).count()).toBe(0);
});

test('keys are changed by pressing others', async () => {
  const { page, workbench } = await openWindow();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+s');
  await page.getByRole('searchbox', { name: 'Search commands and keys' }).fill('Toggle Panel');
  await page.getByRole('row').filter({ hasText: 'View: Toggle Panel' }).dblclick();
  await dialog(page).getByText('Nothing pressed yet').waitFor();
  await page.keyboard.press('Control+b');
  await dialog(page).getByText('Has these keys already: View: Toggle Side Bar').waitFor();
  await page.keyboard.press('Control+m');
  await page.keyboard.press('F9');
  await page.keyboard.press('Enter');
  await eventually(async () => (await workbench.request('settings/read', { document: 'keybindings' })).text).toContain(
    '"command": "-view.togglePanel"',
  );
  // The window is told of what it wrote.
  await page.getByRole('row').filter({ hasText: 'View: Toggle Panel' }).filter({ hasText: 'F9' }).waitFor();
  await page.keyboard.press('F9');
  await page.getByRole('tab', { name: 'Output' }).waitFor();
});

test.each(['dark', 'light', 'high-contrast-dark', 'high-contrast-light'])('the theme %s has no serious finding', async (name) => {
  const { page, workbench, errors } = await openWindow();
  await workbench.request('settings/set', { key: 'workbench.theme', value: name });
  await eventually(() => theme(page)).toBe(name);
  await page.keyboard.press('Control+j');
  await page.getByRole('tab', { name: 'Output' }).click();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Control+,');
  await page.locator('dw-settings').getByRole('heading', { name: 'Workbench' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+s');
  await page.getByRole('row').nth(3).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('F1');
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});
