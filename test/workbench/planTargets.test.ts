/** A plan that writes two devices: what changes on each is told, and each result is a device. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCloneLab } from '../support/clonePage';
import { eventually } from '../support/journey';
import { identityOf, jobEnvironment } from '../support/jobs';
import { PlanBuilder } from '../support/planBuilder';

test('fields are told of every target, and each is simulated by itself', async () => {
  const { page, workbench, disk, used, folder } = await openCloneLab();
  const other = join(folder, 'other.img');
  await copyFile(disk, other);
  const environment = jobEnvironment(folder);
  const label = 1024 * 1024 + 43;
  const plan = new PlanBuilder()
    .device('one', 'target', used, await identityOf(environment, used))
    .device('two', 'target', other, await identityOf(environment, other))
    .write('commit', ['one', label], Buffer.from('FIRST      '))
    .write('commit', ['two', label], Buffer.from('SECOND     '));
  const file = join(folder, 'two.plan');
  await plan.save(file, `${file}.blobs`);
  const { digest } = await workbench.request('plans/import', { path: file });
  const { changes, incomplete } = await workbench.request('plans/changes', { digest });
  expect(incomplete).toBeUndefined();
  expect(changes.map(({ device, fields }) => [device, fields.map(({ after }) => after.trim())])).toEqual([
    ['one', expect.arrayContaining([expect.stringContaining('FIRST')])],
    ['two', expect.arrayContaining([expect.stringContaining('SECOND')])],
  ]);

  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Open Plan');
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('Which plan?').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('dw-plan').getByRole('button', { name: 'Simulate' }).click();
  await eventually(() => page.locator('dw-simulation').count()).toBe(2);
  expect((await workbench.request('devices/list', {})).overlays).toHaveLength(2);
});
