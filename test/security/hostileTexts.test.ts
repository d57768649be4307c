/** Texts of disks, files and plugins are never anything but text, in every view that shows them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { KINDS } from '../fixtures/plugins/hostile-texts/manifest';
import { eventually } from '../support/journey';
import { makeImage, MIB } from '../support/sampleDisk';
import { waitFor } from '../support/waitFor';
import { sharedWorkbench, type WorkbenchOptions } from '../support/workbench';
import { hostileDistribution, LONG_NAME, makeHostileDisk } from './support/hostileLab';
import { openWatchedPage, type WatchedPage } from './support/watchedPage';

let folder: string;
let disk: string;
const options: WorkbenchOptions = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  disk = await makeHostileDisk(folder);
  await makeImage(join(folder, LONG_NAME), MIB);
  options.env = await hostileDistribution(join(folder, 'dist'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const workbench = sharedWorkbench(options);

let watched: WatchedPage;
let page: Page;
beforeAll(async () => {
  for (const path of [disk, join(folder, LONG_NAME)]) await workbench.request('devices/open', { path });
  watched = await openWatchedPage(workbench.url);
  ({ page } = watched);
});
afterAll(() => watched.browser.close());

beforeEach(async () => {
  await page.keyboard.press('Escape');
  const tabs = page.locator('.dw-editor-tabs [role=tab]');
  if ((await tabs.count()) > 0) await run('Close All Editors');
  const lose = page.getByRole('button', { name: 'Close anyway' });
  const areClosed = async (): Promise<boolean> => {
    if (await lose.isVisible()) await lose.click();
    return (await tabs.count()) === 0;
  };
  await waitFor(areClosed, 'all editors are closed');
});
afterEach(async ({ task }) => {
  await watched.expectHarmless(task.name);
});

/** Runs a command of the palette by a part of its title. */
async function run(title: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+P');
  await page.locator('#dw-quick-field').fill(`>${title}`);
  await page.getByRole('option', { name: title }).first().click();
}

/** Runs a command with arguments, as a native menu does. */
async function runWith(command: string, args: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await workbench.fetch('/api/run', { method: 'POST', headers, body: JSON.stringify({ command, args }) });
  expect(answer.status).toBe(204);
}

/** What other windows and people write: markup, marks of direction, controls, and no end. */
const HOSTILE = '<img src=x onerror=window.__owned=1><b><b>"\'\u202egpj\u2066\u0000\u0007\u001b[31m\u009b${zap}';
const ENDLESS = `${HOSTILE}${'\u202elong <b><b> '.repeat(770)}`;

const tree = (): Locator => page.getByRole('tree', { name: 'Devices' });
const diskRow = (): Locator => tree().getByRole('treeitem').filter({ hasText: 'onerror' }).first();
const editor = (name: string): Locator => page.locator(`${name}:visible`);

async function openLayout(): Promise<Locator> {
  await run('Open by Name or NBD URI');
  await page.locator('#dw-quick-field').fill(disk);
  await page.keyboard.press('Enter');
  const layout = editor('dw-layout-editor');
  await layout.getByRole('grid').waitFor();
  return layout;
}

async function openWizard(title: string): Promise<Locator> {
  await run(title);
  const wizard = editor('dw-wizard');
  await wizard.getByRole('heading', { level: 1 }).waitFor();
  const name = wizard.getByPlaceholder('Or type a path or an NBD address').first();
  await name.fill(disk);
  await name.press('Tab');
  return wizard;
}

test('devices: file names, labels, partition names', async () => {
  await diskRow().focus();
  await page.keyboard.press('ArrowRight');
  await tree().getByText('hostile label').waitFor();
  await tree().getByText('onx=1').first().waitFor();
  await watched.expectHarmless('devices, open');
  for (const row of await tree().getByRole('treeitem').filter({ hasText: 'hostile label' }).all()) {
    await row.focus();
    await page.keyboard.press('ArrowRight');
    await tree().getByText('structure <img').first().waitFor();
    await row.click({ button: 'right' });
    await page.getByRole('menu').first().waitFor();
    await watched.expectHarmless('devices, menu');
    await page.keyboard.press('Escape');
  }
});

test('layout: map, table, details, findings', async () => {
  const layout = await openLayout();
  for (const option of await layout.getByRole('option').all()) {
    await option.click();
    await watched.expectHarmless('layout, a region');
  }
  await layout.getByRole('option').filter({ hasText: 'hostile label' }).click();
  await run('Check Volume');
  await page.getByText('volume finding').first().waitFor();
});

test('allocation: why it is not known', async () => {
  const layout = await openLayout();
  await layout.getByRole('option').filter({ hasText: 'hostile label' }).click();
  await run('Allocation Map');
  const choice = page.locator('.dw-quick-item').last();
  const reason = page.getByText('reason of allocation').first();
  await choice.or(reason).first().waitFor();
  if (await choice.isVisible()) await choice.click();
  await reason.waitFor();
});

test('sectors: structures, fields, their owner, inspector', async () => {
  const layout = await openLayout();
  await layout.getByRole('option').filter({ hasText: 'hostile label' }).click();
  await layout.getByRole('button', { name: 'Sectors', exact: true }).click();
  await page.getByRole('grid', { name: /^Bytes of/ }).waitFor();
  await page.keyboard.press('Control+g');
  await page.getByPlaceholder(/0x1F400/).fill('p3:0');
  await page.keyboard.press('Enter');
  await page.getByText('field value').first().waitFor();
  await page.getByRole('contentinfo', { name: 'Status bar' }).getByText('field').first().waitFor();
});

test('pending changes: what they change', async () => {
  await openLayout();
  await page.getByRole('button', { name: 'Sectors', exact: true }).first().click();
  await page.getByRole('grid', { name: /^Bytes of/ }).waitFor();
  await page.keyboard.press('Control+g');
  await page.getByPlaceholder(/0x1F400/).fill('p3:0');
  await page.keyboard.press('Enter');
  await page.getByText('field value').first().waitFor();
  await page.getByRole('button', { name: /^Read-only: / }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await watched.expectHarmless('unlock dialog');
  await dialog.locator('.dw-dialog-buttons button').filter({ hasNotText: 'Cancel' }).first().click();
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.type('5a5a');
  const pending = page.locator('dw-sector-pending');
  await pending.getByText('5A 5A').waitFor();
  await pending.getByText('would be gone').first().waitFor();
});

test('comparison: the names of both sides', async () => {
  await runWith('sectors.compareWith', { left: disk, right: join(folder, LONG_NAME) });
  await page.getByRole('listbox', { name: 'Differences' }).getByRole('option').first().waitFor();
  await page.getByRole('listbox', { name: 'Differences' }).getByRole('option').first().click();
});

test('bookmarks: names and notes that another window wrote', async () => {
  const bookmark = (id: string, name: string, offset: number) => ({ id, name, note: name, tone: 0, offset, length: 16 });
  const value = { [disk]: [bookmark('a', `hostile ${HOSTILE}`, 4096), bookmark('b', `endless ${ENDLESS}`, 8192)] };
  await workbench.request('state/write', { key: 'bookmarks', value });
  await openLayout();
  await page.getByRole('button', { name: 'Sectors', exact: true }).first().click();
  await page.getByRole('grid', { name: /^Bytes of/ }).waitFor();
  await run('Show Bookmarks');
  const bookmarks = page.locator('dw-sector-bookmarks');
  for (const place of ['1000, 16 bytes', '2000, 16 bytes']) {
    await bookmarks.getByRole('button', { name: place }).click();
    await watched.expectHarmless(`a bookmark at ${place}`);
  }
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.press('Control+g');
  await page.getByPlaceholder(/0x1F400/).fill('@"hostile');
  await watched.expectHarmless('bookmarks, go to');
  await page.keyboard.press('Escape');
});

test('search: what is found, and what is looked for', async () => {
  await openLayout();
  await page.getByRole('button', { name: 'Sectors', exact: true }).first().click();
  await page.getByRole('grid', { name: /^Bytes of/ }).waitFor();
  await page.getByRole('grid', { name: /^Bytes of/ }).focus();
  await page.keyboard.press('Control+f');
  const searching = page.locator('dw-sector-search');
  const pattern = searching.getByRole('textbox', { name: 'Pattern' });
  await searching.getByRole('combobox', { name: 'Kind of pattern' }).selectOption({ label: 'Text' });
  await pattern.fill('<i');
  await pattern.press('Enter');
  await page.getByRole('listbox', { name: 'Hits' }).getByRole('option').first().click();
  await watched.expectHarmless('hits');
  for (const text of [HOSTILE, ENDLESS]) {
    await pattern.fill(text);
    await pattern.press('Enter');
    await searching
      .getByText(/Done, |characters/)
      .first()
      .waitFor();
    await watched.expectHarmless(`search for ${text.length} characters`);
  }
});

test('keyboard shortcuts: commands, keys and conditions of the file', async () => {
  const { digest } = await workbench.request('settings/read', { document: 'keybindings' });
  const bindings = [HOSTILE, ENDLESS].flatMap((text) => [
    { key: 'ctrl+alt+9', command: `hostile.${text}` },
    { key: text, command: 'sectors.open' },
    { key: 'ctrl+alt+8', command: 'sectors.open', when: text },
    { key: 'ctrl+alt+7', command: 'sectors.compareWith', when: `resource == '${text.replaceAll("'", '')}'` },
  ]);
  await workbench.request('settings/write', { document: 'keybindings', text: JSON.stringify(bindings), digest });
  await run('Preferences: Open Keyboard Shortcuts');
  await page.getByRole('searchbox', { name: 'Search commands and keys' }).fill('hostile');
  await page.getByText('onerror').first().waitFor();
  await watched.expectHarmless('bindings of unknown commands');
  await page.getByRole('searchbox', { name: 'Search commands and keys' }).fill('sectors.');
  await watched.expectHarmless('bindings with hostile conditions');
  await page.getByRole('searchbox', { name: 'Search commands and keys' }).fill(ENDLESS);
  await watched.expectHarmless('a search without end');
  const now = await workbench.request('settings/read', { document: 'keybindings' });
  await workbench.request('settings/write', { document: 'keybindings', text: '[]', digest: now.digest });
});

test('planning: names in the form, the operations and what is wrong with them', async () => {
  const layout = await openLayout();
  await layout.getByRole('button', { name: 'Plan changes' }).click();
  const after = layout.getByRole('listbox', { name: /^After/ });
  await after.getByRole('option', { name: /^Partition 1/ }).click();
  const name = layout.getByLabel('Name', { exact: true });
  await name.waitFor();
  await watched.expectHarmless('the form of a partition');
  for (const text of [ENDLESS, HOSTILE.slice(0, 30)]) {
    await name.fill(text);
    await watched.expectHarmless(`a name of ${text.length} characters`);
  }
  await layout.getByRole('button', { name: 'Change partition' }).click();
  await layout.getByRole('list', { name: 'Planned operations' }).getByRole('listitem').first().waitFor();
  await watched.expectHarmless('planned operations');
  await layout
    .getByRole('button', { name: /^Take back/ })
    .first()
    .press('Enter');
});

test('wizard: titles, descriptions, choices, warnings, preview', async () => {
  const wizard = await openWizard('Hostile view');
  await wizard.getByText('resolve warning').waitFor();
  await wizard.getByText('offered title').waitFor();
  await wizard.getByText('second choice').first().waitFor();
});

test.each(KINDS.filter((kind) => kind !== 'value' && kind !== 'error'))('result: %s', async (kind) => {
  const wizard = await openWizard('Hostile view');
  await wizard.getByLabel('Kind').selectOption(kind);
  await wizard.getByRole('button', { name: 'Show' }).click();
  await editor('dw-result').getByText(`${kind} view`).first().waitFor();
  if (kind === 'tree') await page.getByText('node <script>').first().press('ArrowRight');
});

test('result: a value', async () => {
  const wizard = await openWizard('Hostile value');
  await wizard.locator('button[type=submit]').click();
  await editor('dw-result').getByText('long value').waitFor();
});

test('an error', async () => {
  const wizard = await openWizard('Hostile view');
  await wizard.getByLabel('Kind').selectOption('error');
  await wizard.locator('button[type=submit]').click();
  await wizard.getByText('todo of the failure').waitFor();
});

test('plan, simulation, dialog, job, report', async () => {
  const wizard = await openWizard('Hostile plan');
  await wizard.getByText('field error').waitFor();
  const made = await workbench.request('commands/execute', { token: 'plan', command: 'hostile.plan', input: { target: disk } });
  expect(made.kind).toBe('plan');
  await run('Open Plan');
  await page.locator('.dw-quick-item').first().click();
  const plan = editor('dw-plan');
  await plan.getByText('plan note').first().waitFor();
  await plan.getByText('plan reason').first().waitFor();
  await watched.expectHarmless('plan');
  await plan.getByRole('button', { name: 'Simulate' }).click();
  await plan.getByRole('button', { name: 'Apply…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('plan warning').first().waitFor();
  await watched.expectHarmless('apply dialog');
  const word = dialog.locator('.dw-apply-word strong');
  if ((await word.count()) > 0) await dialog.getByRole('textbox').fill((await word.textContent())!);
  await dialog.getByRole('button', { name: /^(Erase and write|Write) / }).click();
  const job = editor('dw-job');
  await job.getByText(/Done/).first().waitFor();
  await watched.expectHarmless('job');
  await job.getByRole('button', { name: 'Report…' }).click();
  await page.getByRole('dialog').waitFor();
  await watched.expectHarmless('report');
  await page.keyboard.press('Escape');
  await run('Show Jobs');
  await page.getByRole('table', { name: 'Jobs' }).getByText('plan title').waitFor();
  await run('Show Notifications');
});

test('plugins: list, details, log', async () => {
  await run('Show Plugins');
  const list = page.getByRole('list', { name: 'Plugins' });
  await list.getByRole('button', { name: 'Hostile plugin' }).click();
  const plugin = editor('dw-plugin');
  await plugin.getByText('package description').waitFor();
  await plugin.getByText('stderr line').first().waitFor();
  await watched.expectHarmless('plugin');
  await plugin.getByRole('button', { name: 'Disable…' }).click();
  await page.getByRole('dialog').getByText('Hostile').first().waitFor();
  await watched.expectHarmless('disable dialog');
  await page.keyboard.press('Escape');
});

test('output: the log of the plugin', async () => {
  await run('Show Output');
  await page.getByLabel('Log of').selectOption('plugin:vendor.hostile-texts');
  await page.getByText('stderr line').first().waitFor();
});

test('settings: form', async () => {
  await run('Preferences: Open Settings');
  await page.getByText('Hostile setting').first().waitFor();
});

test('settings: text, with completion and hover', async () => {
  await run('Open Settings (JSON)');
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('{ "vendor');
  await page.locator('.suggest-widget .monaco-list-row').first().waitFor();
  const details = page.locator('.suggest-details').getByText('Hostile').first();
  // The key shows the details of the list that is there; one that is just being made anew has none.
  await eventually(async () => {
    if (!(await details.isVisible())) await page.keyboard.press('Control+Space');
    return details.isVisible();
  }).toBe(true);
  await watched.expectHarmless('completion');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.type('1');
  const explanation = page.locator('.monaco-hover-content').getByText('Hostile').first();
  // What is typed closes the explanation, also late; the pointer that comes again opens it after a moment.
  const comeAgain = async (): Promise<boolean> => {
    await page.mouse.move(0, 0);
    await page.locator('.view-line').getByText('vendor.hostile-texts').hover();
    return explanation.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
  };
  await eventually(comeAgain).toBe(true);
});

test('palette and quick open', async () => {
  await openLayout();
  await page.keyboard.press('Control+Shift+P');
  await page.locator('#dw-quick-field').fill('>Hostile');
  await page.getByRole('option', { name: 'Hostile view' }).waitFor();
  await watched.expectHarmless('palette');
  await page.locator('#dw-quick-field').fill('edt ');
  await page.getByRole('option').first().waitFor();
  await watched.expectHarmless('open editors');
  await page.locator('#dw-quick-field').fill('onerror');
  await page.getByRole('option').first().waitFor();
});

test('choosing files', async () => {
  await run('Open Image');
  await page.getByRole('dialog').getByPlaceholder('Type a name or a path').fill(`${folder}/`);
  await page.getByRole('dialog').getByRole('option').filter({ hasText: 'onerror' }).first().waitFor();
});
