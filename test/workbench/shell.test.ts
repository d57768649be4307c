/** The window itself, by keyboard: palette, editors, parts, notifications, what comes back after a reload. */
import type { Page, WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import { dialog, editorTab, eventually, runCommand, sharedBrowser, statusBar } from '../support/journey';

const openWindow = sharedBrowser();
const palette = (page: Page) => page.getByRole('combobox', { name: 'Type the name of a command' });
const tabs = (page: Page) => page.getByRole('tablist', { name: 'Editors' }).getByRole('tab');
const sideBar = (page: Page) => page.getByRole('region', { name: 'Side bar', exact: true });

test('the palette finds a command by some of its letters, and lists it first the next time', async () => {
  const { page, errors } = await openWindow();
  await page.keyboard.press('F1');
  await page.keyboard.type('opset');
  const first = page.getByRole('listbox').getByRole('option').first();
  await eventually(() => first.innerText()).toContain('Preferences: Open Settings');
  await page.keyboard.press('Enter');
  await page.locator('dw-settings').getByRole('heading', { name: 'Workbench' }).waitFor();
  await page.keyboard.press('Control+Shift+P');
  await eventually(() => first.innerText()).toContain('Preferences: Open Settings');
  await page.keyboard.press('Escape');
  await eventually(() => palette(page).count()).toBe(0);
  expect(errors).toEqual([]);
});

test('a view of any part of the window is shown by a command, and has the focus', async () => {
  const { page } = await openWindow();
  await runCommand(page, 'Show Bookmarks');
  await page.getByRole('tab', { name: 'Bookmarks', selected: true }).waitFor();
  await runCommand(page, 'Show Jobs');
  await eventually(() => page.evaluate(() => document.activeElement?.closest('.dw-jobs, .dw-element-widget') !== null)).toBe(
    true,
  );
  await page.getByText('No jobs yet').waitFor();
});

test('keys of the list move what a screen reader is told, and Escape gives the focus back', async () => {
  const { page } = await openWindow();
  await page.getByRole('button', { name: 'Manage' }).focus();
  await page.keyboard.press('F1');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  const active = await palette(page).getAttribute('aria-activedescendant');
  expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true');
  expect(active).toMatch(/-1$/);
  await page.keyboard.press('Escape');
  await eventually(() =>
    page.getByRole('button', { name: 'Manage' }).evaluate((button) => button === document.activeElement),
  ).toBe(true);
});

test('a question mark lists what can be typed', async () => {
  const { page } = await openWindow();
  await page.keyboard.press('Control+P');
  await page.keyboard.type('?');
  await eventually(() => page.getByRole('option').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringMatching(/^>/)]));
});

test('editors are split, closed and come back after a reload', async () => {
  const { page } = await openWindow();
  await page.keyboard.press('Control+,');
  await editorTab(page, 'Settings').waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+s');
  await editorTab(page, 'Keyboard Shortcuts').waitFor();
  await page.keyboard.press('Control+\\');
  await eventually(() => page.getByRole('tablist', { name: 'Editors' }).count()).toBe(2);
  await page.keyboard.press('Control+1');
  await editorTab(page, 'Welcome').click();
  await page.keyboard.press('Alt+w');
  await eventually(() => editorTab(page, 'Welcome').count()).toBe(0);
  await page.reload();
  await editorTab(page, 'Keyboard Shortcuts').waitFor();
  expect(await page.getByRole('tablist', { name: 'Editors' }).count()).toBe(2);
  expect(await tabs(page).allInnerTexts()).toEqual(['Settings', 'Keyboard Shortcuts']);
});

test('each of two windows keeps its own editors through a reload', async () => {
  const { page, anotherWindow } = await openWindow();
  const other = await anotherWindow();
  await page.keyboard.press('Control+,');
  await editorTab(page, 'Settings').waitFor();
  await runCommand(other, 'Help: Licences');
  await editorTab(other, 'Licences').waitFor();
  await page.reload();
  await other.reload();
  await editorTab(page, 'Settings').waitFor();
  await editorTab(other, 'Licences').waitFor();
  expect(await tabs(page).allInnerTexts()).toEqual(['Welcome', 'Settings']);
  expect(await tabs(other).allInnerTexts()).toEqual(['Welcome', 'Licences']);
});

test('the parts are shown and hidden by keys, and keep their size', async () => {
  const { page } = await openWindow();
  const width = () => sideBar(page).evaluate((part) => part.getBoundingClientRect().width);
  const before = await width();
  await page.getByRole('separator', { name: 'Resize side bar' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await width()).toBe(before + 32);
  await page.keyboard.press('Control+b');
  await eventually(() => sideBar(page).count()).toBe(0);
  await page.keyboard.press('Control+b');
  await eventually(width).toBe(before + 32);
  await page.keyboard.press('Control+j');
  await page.getByRole('tab', { name: 'Output' }).click();
  await page.getByLabel('Log of').waitFor();
});

test('F6 goes round the parts of the window', async () => {
  const { page } = await openWindow();
  const part = () =>
    page.evaluate(() => {
      const parts = ['dw-activity-bar', 'dw-part-sidebar', 'dw-editor-area', 'dw-status-bar'];
      return parts.find((name) => document.activeElement?.closest(`.${name}`)) ?? null;
    });
  await eventually(part).toBe('dw-editor-area');
  const seen: (string | null)[] = [];
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press('F6');
    seen.push(await part());
  }
  expect(seen).toEqual(['dw-status-bar', 'dw-activity-bar', 'dw-part-sidebar', 'dw-editor-area']);
  await page.keyboard.press('Shift+F6');
  expect(await part()).toBe('dw-part-sidebar');
});

test('the menu bar is used by keyboard, with the keys of its commands shown', async () => {
  const { page } = await openWindow();
  await page.keyboard.press('F10');
  await page.keyboard.press('ArrowRight');
  for (let tries = 0; tries < 8; tries++) {
    if ((await page.locator('.lm-MenuBar-item:focus').innerText()) === 'View') break;
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Enter');
  const toggle = page.getByRole('menuitemcheckbox', { name: 'Toggle Panel' });
  await toggle.waitFor();
  expect(await toggle.innerText()).toContain('Ctrl+J');
  expect(await toggle.getAttribute('aria-checked')).toBe('false');
  await toggle.click();
  await page.getByRole('tab', { name: 'Output' }).waitFor();
});

test('a context menu opens on an editor tab by keyboard', async () => {
  const { page } = await openWindow();
  await page.keyboard.press('Control+,');
  await editorTab(page, 'Settings').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Close Other Editors in Group' }).click();
  await eventually(() => tabs(page).allInnerTexts()).toEqual(['Settings']);
});

test('what goes wrong is told once, kept behind the bell, and can be cleared', async () => {
  const { page } = await openWindow();
  await page.keyboard.press('Control+Shift+O');
  await page.getByPlaceholder(/disk\.img/).fill('/nonexistent.img');
  await page.keyboard.press('Enter');
  const bell = statusBar(page).getByRole('button', { name: /notification/i });
  await eventually(async () => (await page.getByText(/nonexistent\.img/).count()) > 0).toBe(true);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+Shift+N');
  await page.getByRole('heading', { name: 'Notifications' }).waitFor();
  await page.keyboard.press('Escape');
  await bell.click();
  await page.getByRole('button', { name: 'Clear all notifications' }).click();
  await page.getByText('Nothing yet.').waitFor();
});

test('a dialog keeps the focus, and gives it back', async () => {
  const { page } = await openWindow();
  await page.getByRole('button', { name: 'Manage' }).focus();
  await runCommand(page, 'Help: About Diskwright');
  await dialog(page).getByText('CC BY 4.0').waitFor();
  for (let step = 0; step < 6; step++) {
    await page.keyboard.press('Tab');
    expect(
      await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null),
    ).toBe(true);
  }
  await page.keyboard.press('Escape');
  await eventually(() => dialog(page).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Manage' }).evaluate((button) => button === document.activeElement)).toBe(true);
});

test('a window that was logged out says what to do', async () => {
  const { page, workbench } = await openWindow();
  await runCommand(page, 'File: Log Out of All Windows…');
  await dialog(page).getByRole('button', { name: 'Log out' }).click();
  const banner = page.getByRole('alert').filter({ hasText: 'logged out' });
  await banner.waitFor();
  expect(await banner.innerText()).toContain('diskwright start');
  expect((await workbench.fetch('/')).status).toBe(401);
});

test('a window that lost its connection says so, and comes back', async () => {
  const { page, workbench } = await openWindow();
  const sockets: WebSocketRoute[] = [];
  let cut = false;
  await page.routeWebSocket(/\/api\/rpc$/, (socket) => {
    if (cut) void socket.close({ code: 1001 });
    else {
      socket.connectToServer();
      sockets.push(socket);
    }
  });
  await page.reload();
  await sideBar(page).waitFor();
  cut = true;
  for (const socket of sockets) await socket.close({ code: 1001 });
  const banner = page.getByRole('alert').filter({ hasText: 'connection' });
  await banner.waitFor();
  expect(await banner.innerText()).toContain('diskwright start');
  cut = false;
  await banner.getByRole('button', { name: 'Reconnect now' }).click();
  await banner.waitFor({ state: 'hidden' });
  await workbench.request('settings/set', { key: 'workbench.theme', value: 'light' });
  await eventually(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('light');
});

test('the line between two groups of editors is moved by keys', async () => {
  const { page } = await openWindow();
  await page.keyboard.press('Control+,');
  await editorTab(page, 'Settings').waitFor();
  await page.keyboard.press('Control+\\');
  const line = page.getByRole('separator', { name: 'Resize editors' });
  await line.waitFor();
  const left = () => line.evaluate((handle) => Math.round(handle.getBoundingClientRect().left));
  const before = await left();
  await line.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await eventually(left).toBe(before - 32);
});

test('files are chosen by typing their path', async () => {
  const { page, workbench } = await openWindow();
  await page.keyboard.press('Control+o');
  const path = dialog(page).getByRole('combobox', { name: 'File name or path' });
  await path.fill(`${workbench.home}/log`);
  await dialog(page).getByRole('option', { name: 'logs' }).waitFor();
  await page.keyboard.press('Enter');
  await dialog(page).getByText(`${workbench.home}/logs`, { exact: true }).waitFor();
  await path.fill('none');
  await page.keyboard.press('Enter');
  await dialog(page).getByText(`There is no none in ${workbench.home}/logs.`).waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => dialog(page).count()).toBe(0);
});
