/** Views of plugins: the example, built outside of this tree, in the window of a host that runs already. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { launchWholeChromium } from '../support/chromium';
import { expect, onTestFinished, test } from 'vitest';
import { browserProgram } from '../../core/src/server/window/browserProgram';
import { cli, projectFolder } from '../support/cli';
import { chooseFile, dialog, eventually, openDevice, runCommand, showView, statusBar } from '../support/journey';
import { openPage } from '../support/page';
import { MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { viewPackage } from '../support/viewPackages';
import { buildPlugin, makeVendorFolder } from '../support/vendorFolder';
import { startWorkbench } from '../support/workbench';

const frameOf = (page: Page): FrameLocator => page.frameLocator('dw-plugin-view:visible iframe');

async function exampleInstalled() {
  const scratch = await scratchFolder();
  const image = join(scratch, 'disk.img');
  await writeFile(image, Buffer.concat([Buffer.alloc(2 * MIB), randomBytes(2 * MIB)]));
  const vendor = join(scratch, 'vendor');
  await makeVendorFolder(vendor);
  const archive = await buildPlugin(vendor, join(projectFolder, 'sdk', 'examples', 'entropy-view'));
  const workbench = await startWorkbench();
  const opened = await openPage(workbench.url);
  await opened.page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  return { ...opened, workbench, archive, image };
}

test('the example is installed into a running host, asks for a device, draws it, and remembers its place', async () => {
  const { page, errors, archive, image, workbench } = await exampleInstalled();
  page.setDefaultTimeout(15_000);
  await showView(page, 'Plugins');
  await page.getByRole('button', { name: 'Install file…' }).click();
  await chooseFile(page, archive, 'Open');
  await page.getByRole('list', { name: 'Plugins' }).getByText('Entropy view').waitFor();
  await openDevice(page, image);
  await page.locator('dw-layout-editor:visible').waitFor();
  await runCommand(page, 'Entropy map');
  await dialog(page).getByRole('button', { name: 'Allow Entropy view' }).click();
  const frame = frameOf(page);
  await frame.getByRole('heading', { name: `Entropy of ${image}` }).waitFor();
  await frame.getByText('4 MiB in 4096 pieces of 1 KiB').waitFor();
  await frame.getByRole('img').focus();
  await page.keyboard.press('End');
  await frame.getByText(/7\.\d\d bits a byte: compressed, encrypted/).waitFor();
  await page.keyboard.press('F6');
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('IFRAME');
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-entropy.png` });

  await page.reload();
  await frame.getByText(/^At 4193280 /).waitFor();

  const options = { home: workbench.home };
  expect((await cli(['plugin', 'disable', 'example.entropy-view'], options)).status).toBe(0);
  await page.getByText('This view is not there').waitFor();
  expect((await cli(['plugin', 'enable', 'example.entropy-view'], options)).status).toBe(0);
  await frame.getByText('4 MiB in 4096 pieces of 1 KiB').waitFor();
  expect((await cli(['plugin', 'remove', 'example.entropy-view'], options)).status).toBe(0);
  await page.getByText('This view is not there').waitFor();
  await eventually(() => page.locator('iframe').count()).toBe(0);
  expect(errors).toEqual([]);
}, 120_000);

const COUNTER = `
  import { acquireDiskwright } from '@diskwright/sdk/view';
  const diskwright = await acquireDiskwright();
  const say = (id, text) => { const p = document.createElement('p'); p.id = id; p.textContent = text; document.body.append(p); };
  diskwright.onMessage((message) => say('posted', 'posted: ' + message));
  const count = (diskwright.state ?? 0) + 1;
  diskwright.setState(count);
  say('count', 'opened ' + count + ' times');
  say('version', 'version ' + (await diskwright.request('version')));
  say('theme', 'dark: ' + diskwright.theme.dark);
  diskwright.onTheme(({ dark }) => (document.getElementById('theme').textContent = 'dark: ' + dark));
  diskwright.onVisible((visible) => diskwright.request('visible', visible));
`;

/** A view in the panel that counts how often it was opened, with a version of its own. */
async function counter(folder: string, version: string): Promise<string> {
  const requests = `
    version: () => { void context.post('hello'); return '${version}'; },
    visible: (visible) => context.log.info('visible ' + visible),
`;
  return viewPackage(folder, { name: 'counter', title: 'Counter', version, page: COUNTER, requests });
}

test('a view in the panel is told and tells, keeps its state, and follows an update and a theme without a reload', async () => {
  const scratch = await scratchFolder();
  const workbench = await startWorkbench();
  const { page, errors } = await openPage(workbench.url);
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  const install = async (version: string): Promise<void> =>
    expect((await cli(['plugin', 'install', await counter(scratch, version)], { home: workbench.home })).stderr).toBe('');
  await install('1.0.0');
  // Its tab comes with the other things that plugins bring.
  await page.keyboard.press('Control+j');
  await page.getByRole('tab', { name: 'Counter' }).waitFor();
  await runCommand(page, 'View: Show Counter');
  const frame = frameOf(page);
  for (const text of ['opened 1 times', 'version 1.0.0', 'posted: hello']) await frame.getByText(text).waitFor();
  await frame.getByText('dark: false').waitFor();
  await workbench.request('settings/set', { key: 'workbench.theme', value: 'dark' });
  await frame.getByText('dark: true').waitFor();
  await install('2.0.0');
  for (const text of ['version 2.0.0', 'opened 2 times']) await frame.getByText(text).waitFor();
  await statusBar(page).click();
  await showView(page, 'Jobs');
  const log = async () => (await workbench.request('plugins/log', { id: 'vendor.counter' })).lines.map(({ text }) => text);
  await eventually(log).toContain('visible false');
  await runCommand(page, 'View: Show Counter');
  await eventually(log).toContain('visible true');
  await frame.getByText('opened 2 times').waitFor();
  expect(errors).toEqual([]);
}, 90_000);

test('a view whose plugin has ended says so, and is tried again', async () => {
  const scratch = await scratchFolder();
  const workbench = await startWorkbench();
  expect((await cli(['plugin', 'install', await counter(scratch, '1.0.0')], { home: workbench.home })).stderr).toBe('');
  const { page } = await openPage(workbench.url);
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  await runCommand(page, 'View: Show Counter');
  const frame = frameOf(page);
  await frame.getByText('opened 1 times').waitFor();
  const { plugins } = await workbench.request('plugins/list', {});
  process.kill(plugins.find(({ id }) => id === 'vendor.counter')!.process!.pid, 'SIGKILL');
  const view = page.locator('dw-plugin-view:visible');
  await view.getByText('The plugin of this view has ended').waitFor();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-ended.png` });
  await view.getByRole('button', { name: 'Show Counter' }).waitFor();
  await view.getByRole('button', { name: 'Try again' }).click();
  await frame.getByText('opened 2 times').waitFor();
}, 60_000);

test('the window that Diskwright opens itself shows views, and knows no other machine', async () => {
  const scratch = await scratchFolder();
  const workbench = await startWorkbench();
  expect((await cli(['plugin', 'install', await counter(scratch, '1.0.0')], { home: workbench.home })).stderr).toBe('');
  const target = { url: '', oneTimeUrl: () => '', folder: scratch, programFolder: scratch };
  const args = browserProgram(target, process.env)!.arguments.filter((argument) => /resolver-rules|webrtc/.test(argument));
  expect(args).toHaveLength(2);
  const browser = await launchWholeChromium(args);
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(workbench.url);
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  await runCommand(page, 'View: Show Counter');
  await frameOf(page).getByText('opened 1 times').waitFor();
  await expect(page.goto('http://example.org/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
}, 60_000);
