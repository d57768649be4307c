/** A disk is cloned in the window, from the form to the finished job; the formats' own tools judge what was written. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCloneLab, planClone } from '../support/clonePage';
import { applyPlan, eventually } from '../support/journey';
import { fuseFile } from '../support/nbdExport';
import { extractPartition } from '../support/sampleDisk';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

const MIB = 1024 * 1024;
/** The lab's ext4. */
const PHOTOS = { start: 17 * MIB, size: 36 * MIB };

test('clone by form, simulate, look into the result, apply, done', async () => {
  requireTool('sgdisk', 'e2fsck', 'nbdfuse', 'fusermount3');
  const { page, errors, disk, bigger, folder } = await openCloneLab();
  const before = await sha256OfFile(bigger);
  const plan = await planClone(page, disk, bigger);

  await plan.getByRole('button', { name: 'Simulate' }).click();
  const simulation = plan.locator('dw-simulation');
  await simulation.getByRole('button', { name: 'Check volumes' }).click();
  const checked = simulation.getByRole('list', { name: 'Checked volumes' });
  await eventually(() => checked.getByRole('listitem').count()).toBe(3);
  expect(await checked.getByText('nothing found').count()).toBe(3);
  await simulation.getByRole('button', { name: 'Export over NBD' }).click();
  const uri = (await simulation.locator('dw-copy-text code').textContent())!;
  const file = await fuseFile(uri, folder);
  expect(await must('sgdisk', '-v', file)).toContain('No problems found');
  expect(await sha256OfFile(bigger)).toBe(before);
  await simulation.getByRole('button', { name: 'Open layout' }).click();
  await page.locator('dw-layout-editor').getByText('photos').first().waitFor();

  await page.getByRole('tab', { name: 'Plan' }).click();
  const job = await applyPlan(page);
  await job.getByText('copied and verified').waitFor();
  expect(await job.locator('.dw-job-state').innerText()).toContain('Done');
  expect(await must('sgdisk', '-v', bigger)).toContain('No problems found');
  await must('e2fsck', '-fn', await extractPartition(bigger, PHOTOS, join(folder, 'photos.img')));
  expect(errors).toEqual([]);
});

test('a target with data is written only when its name was typed', async () => {
  const { page, disk, used } = await openCloneLab();
  await planClone(page, disk, used);
  await page.getByRole('button', { name: 'Apply…' }).click();
  const dialog = page.getByRole('dialog');
  const go = dialog.getByRole('button', { name: /used\.img/ });
  expect(await dialog.innerText()).toContain('All that is on');
  expect(await dialog.innerText()).toContain('photos');
  expect(await go.isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('used');
  expect(await go.isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('used.img');
  expect(await go.isDisabled()).toBe(false);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await page.locator('dw-job').count()).toBe(0);
});

test('a plan whose target has changed is refused, with the reason and a way to another one', async () => {
  requireTool('sgdisk');
  const { page, disk, used } = await openCloneLab();
  await planClone(page, disk, used);
  await must('sgdisk', '--change-name=2:other', used);
  await page.getByRole('button', { name: 'Apply…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This cannot be applied now').waitFor();
  expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['Back to the plan', 'Make another…']);
  await dialog.getByRole('button', { name: 'Make another…' }).click();
  expect(await page.locator('dw-wizard').getByLabel('Target *', { exact: true }).inputValue()).toBe(used);
});
