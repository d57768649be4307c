/** A view that tries to get out: each way is stopped, and the workbench goes on. */
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { type Catcher, startCatcher } from '../support/catcher';
import { launchWholeChromium } from '../support/chromium';
import { cli } from '../support/cli';
import { hostilePage, INNER_SCRIPT } from '../support/hostilePage';
import { showView, statusBar } from '../support/journey';
import { scratchFolder } from '../support/scratch';
import { viewPackage } from '../support/viewPackages';
import { type RunningWorkbench, startWorkbench } from '../support/workbench';

/** A browser in which every name of `.example` is this machine, as a program that wants to be told would arrange it. */
async function openWindow(url: string): Promise<Page> {
  const browser = await launchWholeChromium(['--host-resolver-rules=MAP *.example 127.0.0.1']);
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  return page;
}

interface Attacked {
  page: Page;
  workbench: RunningWorkbench;
  catcher: Catcher;
}

/** A workbench with a view that does no harm in the side bar, and one that does below, which then is shown. @param deed what it does besides trying to get out */
async function attacked(deed = ''): Promise<Attacked> {
  const scratch = await scratchFolder();
  const catcher = await startCatcher();
  const workbench = await startWorkbench();
  const victim = await viewPackage(scratch, {
    name: 'victim',
    title: 'Victim',
    location: 'sidebar',
    page: `
      import { acquireDiskwright } from '@diskwright/sdk/view';
      const { subject } = await acquireDiskwright();
      document.body.append('I am well: ' + subject);`,
  });
  const hostile = await viewPackage(scratch, {
    name: 'hostile',
    title: 'Hostile',
    html: '<pre id="report"></pre>',
    page: hostilePage(catcher.port, workbench.origin),
    requests: `echo: (value) => value, begins: () => context.log.info('it begins'), wanted: () => ${JSON.stringify(deed)}`,
    files: { 'inner.js': INNER_SCRIPT },
  });
  for (const archive of [victim, hostile])
    expect((await cli(['plugin', 'install', archive], { home: workbench.home })).stderr).toBe('');
  const page = await openWindow(workbench.url);
  await showView(page, 'Victim');
  await page.frameLocator('iframe[title="Victim"]').getByText('I am well').waitFor();
  // Out of the view, whose keys are its own.
  await statusBar(page).click();
  await showView(page, 'Hostile');
  return { page, workbench, catcher };
}

const hostileView = (page: Page) => page.locator('dw-plugin-view').filter({ hasNot: page.locator('iframe[title="Victim"]') });

/** Waits until the view has done what it is asked to try in any case, and begins with its deed. */
const begins = (workbench: RunningWorkbench) =>
  expect
    .poll(async () => (await workbench.request('plugins/log', { id: 'vendor.hostile' })).lines.map(({ text }) => text), {
      timeout: 20_000,
    })
    .toContain('it begins');

/** The longest that the window did not answer to a timer, while it is used for some seconds. */
async function longestPause(page: Page): Promise<number> {
  await page.evaluate(() => {
    let last = performance.now();
    Object.assign(window, { longest: 0 });
    setInterval(() => {
      const now = performance.now();
      const target = window as unknown as { longest: number };
      target.longest = Math.max(target.longest, now - last);
      last = now;
    }, 10);
  });
  for (const view of ['Devices', 'Plugins', 'Devices']) {
    await showView(page, view);
    await page.locator('.dw-part-sidebar').getByRole('heading', { name: view }).waitFor();
  }
  return page.evaluate(() => (window as unknown as { longest: number }).longest);
}

test('what a page tries, it does not get: nothing of the window, of another view, of the network', async () => {
  const { page, catcher, workbench } = await attacked();
  let downloads = 0;
  let windows = 0;
  page.on('download', () => downloads++);
  page.context().on('page', () => windows++);
  const text = page.frameLocator('iframe[title="Hostile"]').locator('#report');
  await expect.poll(() => text.innerText(), { timeout: 20_000 }).toContain('{');
  const report = JSON.parse(await text.innerText()) as Record<string, string>;
  const passed = Object.entries(report).filter(([name, came]) => !came.startsWith('stopped') && !HARMLESS[name]?.includes(came));
  expect(passed).toEqual([]);
  expect(catcher.caught).toEqual([]);
  expect({ downloads, windows }).toEqual({ downloads: 0, windows: 0 });
  expect(new URL(page.url()).origin).toBe(workbench.origin);
  await showView(page, 'Victim');
  expect(await page.frameLocator('iframe[title="Victim"]').locator('body').innerText()).toBe('I am well: null');
}, 60_000);

/** What a page is told although nothing came of it: that is for the catcher, and the window, to say. */
const HARMLESS: Record<string, string[]> = {
  frame: ['put there'],
  form: ['put there'],
  link: ['clicked'],
  download: ['clicked'],
  window: ['opened: null'],
  beacon: ['sent: true', 'sent: false'],
  preconnect: ['put there'],
  'preconnect by name': ['put there'],
  'dns prefetch': ['put there'],
  prefetch: ['put there'],
  'module preload': ['put there'],
  speculation: ['put there'],
  video: ['nothing happened'],
  object: ['nothing happened'],
  'webrtc of a written frame': ['undefined', 'nothing happened'],
  'speak as the workbench': ['sent'],
};

test.for(['flood', 'floodPort'])(
  '%s: endless messages end the view, and the window goes on',
  { timeout: 90_000 },
  async (deed) => {
    const { page } = await attacked(deed);
    await hostileView(page).getByText('The view was stopped').waitFor({ timeout: 30_000 });
    await hostileView(page).getByText('it sends more messages than it may').waitFor();
    expect(await longestPause(page)).toBeLessThan(1000);
  },
);

test('a page that hangs hangs alone', async () => {
  const { page, workbench } = await attacked('hang');
  await begins(workbench);
  expect(await longestPause(page)).toBeLessThan(1000);
}, 60_000);

test('a frame that leaves its page arrives nowhere', async () => {
  const { page, catcher, workbench } = await attacked('leaveFrame');
  const gone = page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error'));
  await gone;
  expect(catcher.caught).toEqual([]);
  expect(new URL(page.url()).origin).toBe(workbench.origin);
}, 60_000);

test('keys that nobody pressed open nothing while the view has not the focus', async () => {
  const { page, workbench } = await attacked('spoofKeys');
  await showView(page, 'Devices');
  await begins(workbench);
  // A request of its own, behind the keys on the same way.
  await page.frameLocator('iframe[title="Hostile"]').locator('#after').waitFor({ state: 'attached' });
  expect(await page.getByRole('combobox', { name: /command/i }).count()).toBe(0);
}, 60_000);
