/** Who read and who wrote what, in the window: as the command line tells it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { bytes, eventually, expectCursorAt, runCommand } from '../support/journey';
import { openPage } from '../support/page';
import { readerPackage } from '../support/readerPlugin';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { startWorkbench } from '../support/workbench';

interface Listed {
  plugin: string | null;
  version: string;
  operation: string;
  device: string;
  ranges: [number, number][];
}

test('what a plugin read and what a job wrote by its plan is listed, filtered, and led to', async () => {
  const scratch = await scratchFolder();
  const image = join(scratch, 'disk.img');
  await makeImage(image, 4 * MIB, 0x5a);
  const workbench = await startWorkbench();
  const options = { home: workbench.home };
  const run = async (...words: string[]): Promise<void> => {
    const { status, stderr } = await cli(words, options);
    expect(status, stderr).toBe(0);
  };
  await run('plugin', 'install', await readerPackage(scratch, '1.0.0', ['device.read', 'device.write']));
  await run('reader', 'first', image, '--yes');
  await run('reader', 'wipe', image, '--yes');
  const { page, errors } = await openPage(workbench.url);
  await page.getByRole('menuitem', { name: 'Disk', exact: true }).waitFor();
  await runCommand(page, 'Show What Was Read and Written');
  const audit = page.locator('dw-audit');
  const rows = audit.getByRole('row').filter({ hasText: 'vendor.reader' });
  const listed = await cliJson<Listed[]>(['plugin', 'audit', 'vendor.reader'], options);
  expect(listed.map(({ operation }) => operation)).toContain('write');
  await eventually(() => rows.count()).toBe(listed.length);
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-audit.png` });

  await audit.getByLabel('Kind').selectOption('Writes');
  const written = listed.filter(({ operation }) => operation === 'write');
  await eventually(() => rows.count()).toBe(written.length);
  await audit.getByLabel('Device').fill('/nowhere.img');
  await page.keyboard.press('Enter');
  await audit.getByText('Nothing is on record that fits').waitFor();
  await audit.getByRole('button', { name: 'Show everything' }).click();
  await eventually(() => rows.count()).toBe(listed.length);

  await audit.getByRole('row', { name: /read .*disk\.img/ }).click();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-auditSelected.png` });
  await page.keyboard.press('Enter');
  await bytes(page).waitFor();
  await expectCursorAt(page, listed.find(({ operation }) => operation === 'read')!.ranges[0]![0]);
  expect(errors).toEqual([]);
}, 90_000);
