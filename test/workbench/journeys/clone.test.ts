/** A disk is cloned by somebody who has never done it: wizard, review, simulation, the typed word, the job, its report. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  applyPlan,
  bytes,
  chooseFile,
  copyOf,
  deviceTree,
  dialog,
  editorTab,
  eventually,
  expectCursorAt,
  goTo,
  labHome,
  map,
  openDevice,
  pickImage,
  runCommand,
  sharedBrowser,
} from '../../support/journey';
import { nbdkit } from '../../support/nbdServer';
import { extractPartition, MIB } from '../../support/sampleDisk';
import { shows } from '../../support/shows';
import { must } from '../../support/tool';
import { requireTool } from '../../support/tools';

const browse = sharedBrowser();
/** Partitions of the lab's disk. */
const ESP = { start: 1 * MIB, size: 16 * MIB };
const PHOTOS = { start: 17 * MIB, size: 36 * MIB };

test('clone by wizard: a target that is too small, the right one, review, simulate, look, apply, report', async () => {
  requireTool('sgdisk', 'e2fsck', 'fsck.fat', 'mkfs.ext4');
  const { home, folder, bigger, smaller, disk } = await labHome();
  const old = await copyOf(bigger, folder, 'old disk.img');
  await must('mkfs.ext4', '-q', '-F', '-L', 'old things', old);
  const { page, errors } = await browse({ home });

  await page.getByRole('button', { name: 'Clone a disk: Demo disk' }).click();
  const wizard = page.locator('dw-wizard');
  const target = wizard.locator('.dw-field', { hasText: 'the disk to write' });
  await pickImage(page, target, smaller);
  await target.getByText(/46 MiB .* are missing/).waitFor();
  await target.getByRole('button', { name: 'Choose…' }).click();
  await pickImage(page, target, old);
  await target.getByText('old things').first().waitFor();
  await wizard.getByText(/are missing/).waitFor({ state: 'hidden' });
  await wizard.getByText(`diskwright clone disk ${disk}`).waitFor();
  await wizard.getByRole('button', { name: 'Make plan' }).click();

  const plan = page.locator('dw-plan');
  await plan.getByRole('heading', { name: /^Clone/, level: 1 }).waitFor();
  await plan.getByRole('heading', { name: 'What is written' }).waitFor();
  await plan.getByRole('button', { name: 'Simulate' }).click();
  const simulation = plan.locator('dw-simulation');
  await simulation.getByRole('button', { name: 'Check volumes' }).click();
  await eventually(() => simulation.getByText('nothing found').count()).toBe(3);
  await simulation.getByRole('button', { name: 'Open layout' }).click();
  await map(page)
    .getByRole('option', { name: /photos/ })
    .waitFor();
  await editorTab(page, 'Plan').click();
  await simulation.getByRole('button', { name: 'Open sectors' }).click();
  await bytes(page).waitFor();
  await goTo(page, 'p2:0x438');
  await expectCursorAt(page, PHOTOS.start + 0x438);
  await eventually(() => bytes(page).getByRole('gridcell', { selected: true }).innerText()).toBe('53');
  expect(await shows(old)).toContain('old things');

  await editorTab(page, 'Plan').click();
  const job = await applyPlan(page, 'old disk.img');
  await eventually(() => job.getByRole('status').first().innerText()).toContain('Done');
  await job.getByRole('button', { name: 'Report…' }).click();
  await dialog(page).getByRole('button', { name: 'Save to file…' }).click();
  await dialog(page).getByRole('combobox').waitFor();
  const report = join(folder, 'report.txt');
  await chooseFile(page, report, 'Save');
  await eventually(() => readFile(report, 'utf8').catch(() => '')).toContain('Clone');

  expect(await must('sgdisk', '-v', old)).toContain('No problems found');
  await must('e2fsck', '-fn', await extractPartition(old, PHOTOS, join(folder, 'photos.img')));
  await must('fsck.fat', '-n', await extractPartition(old, ESP, join(folder, 'esp.img')));
  expect(errors).toEqual([]);
});

test('a clone is cancelled at half: the target looks empty, the window goes on', async () => {
  requireTool('nbdkit', 'wipefs', 'blkid', 'mkfs.ext4');
  const { home, folder, bigger, disk, smaller } = await labHome();
  const old = await copyOf(bigger, folder, 'old.img');
  await must('mkfs.ext4', '-q', '-F', '-L', 'old', old);
  const slow = await nbdkit('--readonly', '--filter=noextents', '--filter=rate', 'file', disk, 'rate=80M');
  const { page, errors } = await browse({ home });
  await runCommand(page, 'Disk: Clone a disk…');
  const wizard = page.locator('dw-wizard');
  await wizard.getByLabel('Source *', { exact: true }).fill(slow.uri);
  await wizard.getByLabel('Target *', { exact: true }).fill(old);
  await wizard.getByLabel('All sectors').check();
  await wizard.getByRole('button', { name: 'Make plan' }).click();
  const job = await applyPlan(page, 'old.img');
  const done = async (): Promise<number> => Number(await job.getByRole('progressbar').getAttribute('aria-valuenow'));
  await job.getByText('Copying').first().waitFor();
  await eventually(done).toBeGreaterThan(40);
  await job.getByRole('button', { name: 'Cancel…' }).click();
  await dialog(page).getByRole('button', { name: 'Cancel the job' }).click();
  await eventually(() => job.getByRole('status').first().innerText()).toContain('Cancelled');

  expect(await shows(old)).toBe('');
  await openDevice(page, smaller);
  await deviceTree(page)
    .getByRole('treeitem', { name: /smaller-disk/ })
    .waitFor();
  expect(errors).toEqual([]);
});
