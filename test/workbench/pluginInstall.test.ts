/** Plugins from outside in the window: installed, asked about, updated, gone back from, revoked and removed, live. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { nameDevice } from '../support/clonePage';
import { chooseFile, dialog, eventually, runCommand, showView } from '../support/journey';
import { openPage } from '../support/page';
import { startNpmRegistry } from '../support/npmRegistry';
import { signed, vendorKey, writePackage } from '../support/pluginPackages';
import { readerEntries, readerPackage } from '../support/readerPlugin';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { type RunningWorkbench, startWorkbench } from '../support/workbench';

const READ = ['device.read'];

const row = (page: Page) => page.getByRole('list', { name: 'Plugins' }).getByRole('listitem').filter({ hasText: 'Reader' });

async function openWindow({ url }: RunningWorkbench) {
  const opened = await openPage(url);
  await opened.page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  await showView(opened.page, 'Plugins');
  return opened;
}

test('a plugin is installed from a file, asks for a device, and loses it again', async () => {
  const scratch = await scratchFolder();
  const image = join(scratch, 'disk.img');
  await makeImage(image, 4 * MIB, 0x5a);
  const workbench = await startWorkbench();
  const { page, errors } = await openWindow(workbench);
  await page.getByRole('button', { name: 'Install file…' }).click();
  await chooseFile(page, await readerPackage(scratch, '1.0.0', READ), 'Open');
  await row(page).getByText('not signed').waitFor();

  await runCommand(page, 'First byte');
  const wizard = page.locator('dw-wizard');
  await nameDevice(wizard, 'Device *', image);
  await wizard.getByText(`You have not allowed Reader to read ${image} yet`).waitFor();
  await wizard.getByRole('button', { name: 'Run' }).click();
  expect(await dialog(page).innerText()).toContain(`read ${image}`);
  await dialog(page).getByRole('button', { name: 'Allow Reader' }).click();
  await page.getByText('90').first().waitFor();

  await row(page).getByRole('button', { name: 'Reader' }).click();
  const editor = page.locator('dw-plugin');
  await editor.getByText(`Read devices: ${image}`).waitFor();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-granted.png` });
  for (const name of [/Revoke Read devices: /, /Revoke Read devices of/]) await editor.getByRole('button', { name }).click();
  await editor.getByText('Nothing yet. You are asked').waitFor();
  const refused = await cli(['reader', 'first', image], { home: workbench.home });
  expect(refused.status).toBe(3);
  expect(errors).toEqual([]);
});

test('what another program installs is shown at once: an update that waits is allowed, gone back from, and removed', async () => {
  const scratch = await scratchFolder();
  const workbench = await startWorkbench();
  const options = { home: workbench.home };
  const key = vendorKey();
  const install = async (version: string, capabilities: string[]): Promise<void> => {
    const archive = await writePackage(join(scratch, `${version}.tgz`), signed(await readerEntries(version, capabilities), key));
    expect((await cli(['plugin', 'install', archive], options)).status).toBe(0);
  };
  const { page, errors } = await openWindow(workbench);
  await install('1.0.0', READ);
  await row(page).getByRole('button', { name: 'Reader' }).click();
  const editor = page.locator('dw-plugin');
  await editor.getByText(/^\s*Signed/).waitFor();
  await install('4.0.0', [...READ, 'device.write']);
  await editor.getByText('Version 4.0.0 is installed and waits').waitFor();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-waits.png` });
  await editor.getByRole('button', { name: 'Allow: Plans that write devices' }).click();
  await editor.getByRole('heading', { level: 1 }).getByText('4.0.0').waitFor();

  await editor.getByRole('button', { name: 'Roll back to 1.0.0…' }).click();
  await dialog(page).getByRole('button', { name: 'Roll back Reader' }).click();
  await editor.getByRole('heading', { level: 1 }).getByText('1.0.0').waitFor();
  await editor.getByRole('button', { name: 'Remove…' }).click();
  await dialog(page).getByRole('button', { name: 'Remove Reader' }).click();
  await eventually(() => row(page).count()).toBe(0);
  expect(errors).toEqual([]);
});

test('a plugin is installed by its name in a registry, and updated; another key of its vendor needs a yes', async () => {
  const scratch = await scratchFolder();
  const registry = await startNpmRegistry();
  const [first, second] = [vendorKey(), vendorKey()];
  const publish = async (version: string, key: string): Promise<void> => {
    const path = await writePackage(join(scratch, `${version}.tgz`), signed(await readerEntries(version, READ), key));
    await registry.publish('@vendor/reader', version, path);
  };
  await publish('1.0.0', first);
  const workbench = await startWorkbench({ env: registry.env });
  const { page, errors } = await openWindow(workbench);
  await page.getByRole('button', { name: 'Install by name…' }).click();
  await page.keyboard.type('@vendor/nothing');
  await page.keyboard.press('Enter');
  await page.getByText('the registry has no package @vendor/nothing').first().waitFor();
  await page.getByRole('button', { name: 'Install by name…' }).click();
  await page.keyboard.type('@vendor/reader@^1.0.0');
  await page.keyboard.press('Enter');
  await row(page).getByRole('button', { name: 'Reader' }).click();
  const editor = page.locator('dw-plugin');
  const version = editor.getByRole('heading', { level: 1 });
  await version.getByText('1.0.0').waitFor();

  await publish('1.1.0', first);
  await publish('2.0.0', first);
  await editor.getByRole('button', { name: 'Update' }).click();
  await version.getByText('1.1.0').waitFor();

  await publish('1.2.0', second);
  await editor.getByRole('button', { name: 'Update' }).click();
  await dialog(page).getByText('Trust another key for vendor.reader?').waitFor();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-key.png` });
  await dialog(page).getByRole('button', { name: 'Do not install it' }).click();
  await eventually(() => dialog(page).count()).toBe(0);
  await version.getByText('1.1.0').waitFor();
  await editor.getByRole('button', { name: 'Update' }).click();
  await dialog(page).getByRole('button', { name: 'Trust the new key and install' }).click();
  await version.getByText('1.2.0').waitFor();
  expect(errors).toEqual([]);
});
