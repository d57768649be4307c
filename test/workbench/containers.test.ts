/** Devices in containers in the real page: an encrypted one is opened with its passphrase, and walked through. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seriousFindings } from '../support/accessibility';
import { boxMembers } from '../support/box';
import { cli } from '../support/cli';
import { deviceRow, openLayout } from '../support/journey';
import { openPage } from '../support/page';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';

const SECRET = 'correct horse battery';

test('an encrypted container asks for its passphrase, until it is right', async () => {
  requireTool('mkfs.vfat');
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  await mkdir(home);
  await buildPluginFixtures(join(folder, 'plugins'), 'box');
  expect(await cli(['plugin', 'install', join(folder, 'plugins/box')], { home })).toMatchObject({ status: 0 });
  const [volume, locked] = [join(folder, 'volume.img'), join(folder, 'locked.img')];
  await must('truncate', '-s', '4M', volume);
  await must('mkfs.vfat', '-n', 'TOYS', volume);
  await writeFile(locked, boxMembers(await readFile(volume), 1, SECRET)[0]!);

  const { url } = await startWorkbench({ home });
  const { page } = await openPage(url);
  await openLayout(page, locked);
  await deviceRow(page, 'locked.img').focus();
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, 'Whole device').focus();
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, 'Give the passphrase…').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Open an encrypted container' });
  await dialog.getByLabel('Passphrase of').fill('hunter2');
  await page.keyboard.press('Enter');
  await dialog.getByText('the passphrase is not that of this box').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByLabel('Passphrase of').fill(SECRET);
  await page.keyboard.press('Enter');
  await deviceRow(page, 'first').focus();
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, 'TOYS').waitFor();
  await deviceRow(page, 'first').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: /first/ }).waitFor();
  await expect(page.getByRole('tree', { name: 'Devices' }).innerText()).resolves.not.toContain(SECRET);
});
