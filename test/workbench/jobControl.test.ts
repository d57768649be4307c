/** What can be done with jobs in the window: paused, gone on with, undone, reported, and what they could not read. */
import { readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openCloneLab, planClone, type CloneLab } from '../support/clonePage';
import { damagedExport } from '../support/damagedExport';
import { applyPlan, chooseFile, dialog, eventually, runCommand, showView } from '../support/journey';
import { nbdkit } from '../support/nbdServer';
import { processesOf } from '../support/processesOf';
import { startCli } from '../support/runningCli';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

/**
 * The lab's disk as a source that takes seconds to be read; `used` becomes empty and as large as it, so that a clone is
 * the same to the byte. One thread serves it: nbdkit's many fail an assertion when a client is killed as they answer it.
 */
async function slowSource({ disk, used }: CloneLab): Promise<string> {
  requireTool('nbdkit');
  const { size } = await stat(disk);
  await truncate(used, 0);
  await truncate(used, size);
  return (await nbdkit('--threads=1', '--readonly', '--filter=noextents', '--filter=rate', 'file', disk, 'rate=160M')).uri;
}

/** A clone of all its sectors, running. */
async function runSlowClone(lab: CloneLab): Promise<Locator> {
  await planClone(lab.page, await slowSource(lab), lab.used, { allSectors: true });
  const job = await applyPlan(lab.page);
  await eventually(() => percent(job)).toBeGreaterThan(5);
  return job;
}

const percent = async (job: Locator): Promise<number> =>
  Number((await job.getByRole('progressbar').getAttribute('aria-valuenow')) ?? 0);
const state = (job: Locator): Promise<string> => job.locator('.dw-job-state strong').innerText();
const jobsTable = (page: Page): Locator => page.getByRole('table', { name: 'Jobs' });

const services = ({ workbench }: CloneLab): string[] => processesOf(workbench.home).filter((line) => line.includes('sector.cjs'));

/** A source that is slow on purpose is copied once more by the end. */
const SLOW_MILLISECONDS = 90_000;

test('a job rests at Pause, says so, and goes on at Resume; the focus stays on the button', async () => {
  const lab = await openCloneLab();
  const { page, disk, used, errors } = lab;
  const job = await runSlowClone(lab);
  await job.getByRole('button', { name: 'Pause' }).press('Enter');
  await eventually(() => state(job)).toBe('Paused');
  await job.getByText('Resting: nothing is read or written').waitFor();
  await page.getByRole('button', { name: /Paused \d+ %/ }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Resume');
  await page.keyboard.press('Enter');
  await eventually(() => state(job), SLOW_MILLISECONDS).toBe('Done');
  expect(await sha256OfFile(used)).toBe(await sha256OfFile(disk));
  expect(errors).toEqual([]);
});

test('a job whose service died in a terminal is gone on with in the window, and its target becomes the source', async () => {
  const lab = await openCloneLab();
  const { page, workbench, used } = lab;
  const own = services(lab);
  const source = await slowSource(lab);
  startCli(['clone', 'disk', source, used, '--all-sectors', '--yes'], { home: workbench.home });
  await page.getByRole('button', { name: /Copying [1-9]/ }).click();
  const job = page.locator('dw-job');
  const service = services(lab).find((line) => !own.includes(line))!;
  process.kill(Number(service.split(' ')[0]), 'SIGKILL');
  await eventually(() => state(job)).toBe('Interrupted');
  await job.getByText('resume the job, and it goes on where it stopped').waitFor();
  await job.getByRole('button', { name: 'Resume' }).click();
  await eventually(() => state(job), SLOW_MILLISECONDS).toBe('Done');
  expect(await job.getByRole('button', { name: 'Resume' }).count()).toBe(0);
  expect(await sha256OfFile(lab.used)).toBe(await sha256OfFile(lab.disk));
});

test('a job that is resumed in a terminal runs again in the window', async () => {
  const lab = await openCloneLab();
  const { page, workbench } = lab;
  const job = await runSlowClone(lab);
  await job.getByRole('button', { name: 'Cancel…' }).click();
  await dialog(page).getByRole('button', { name: 'Cancel the job' }).click();
  await eventually(() => state(job)).toBe('Cancelled');
  const [listed] = (await workbench.request('jobs/list', {})).jobs;
  const resumed = startCli(['jobs', 'resume', listed!.id], { home: workbench.home });
  await eventually(() => state(job)).toBe('Running');
  expect((await resumed.ended).status).toBe(0);
  await eventually(() => state(job), SLOW_MILLISECONDS).toBe('Done');
});

test('what was saved whole is undone by a plan, to the exact bytes, and the first job says that it is', async () => {
  const { page, disk, used } = await openCloneLab();
  // As large as the source, with something else on it.
  await must('sgdisk', '--zap-all', '--new=1:1M:+8M', used);
  const before = await sha256OfFile(used);
  const plan = await planClone(page, disk, used);
  await plan.getByRole('button', { name: 'Apply…' }).click();
  const options = dialog(page).locator('.dw-apply-options');
  await options.locator('summary').click();
  await options.getByText('Saved in any case').waitFor();
  await options.getByRole('checkbox', { name: /Save everything/ }).check();
  const go = dialog(page).getByRole('button', { name: /^Erase and write/ });
  await dialog(page)
    .getByLabel(/To go ahead/)
    .fill(await dialog(page).locator('.dw-apply-word strong').innerText());
  await options.getByLabel('Up to').fill('many');
  await options.getByText('is not a size').waitFor();
  expect(await go.isEnabled()).toBe(false);
  await options.getByLabel('Up to').fill('300M');
  await go.click();
  const first = page.locator('dw-job');
  await eventually(() => state(first)).toBe('Done');
  expect(await sha256OfFile(used)).not.toBe(before);

  await first.getByRole('button', { name: 'Undo…' }).click();
  const undo = page.locator('dw-plan:visible').filter({ hasText: /Undo/ });
  await undo.getByRole('button', { name: 'Apply…' }).click();
  await dialog(page)
    .getByLabel(/To go ahead/)
    .fill(await dialog(page).locator('.dw-apply-word strong').innerText());
  await dialog(page).locator('button.dw-danger').click();
  await eventually(() =>
    page.locator('dw-job:visible').filter({ hasText: /Undo/ }).locator('.dw-job-state').innerText(),
  ).toContain('Done');
  expect(await sha256OfFile(used)).toBe(before);
  await showView(page, 'Jobs');
  await jobsTable(page).getByText('Undone').waitFor();
});

test('an undo that cannot be is refused in words, with what was not saved', async () => {
  const { page, disk, used } = await openCloneLab();
  await planClone(page, disk, used);
  const job = await applyPlan(page);
  await eventually(() => state(job), SLOW_MILLISECONDS).toBe('Done');
  await job.getByRole('button', { name: 'Undo…' }).click();
  await job.getByText(/bytes that were not saved/).waitFor();
});

test('the report of a job is saved under the name that is typed', async () => {
  const { page, disk, bigger, folder } = await openCloneLab();
  await planClone(page, disk, bigger);
  const job = await applyPlan(page);
  await eventually(() => state(job), SLOW_MILLISECONDS).toBe('Done');
  await runCommand(page, 'Show Report of Job');
  await dialog(page).getByRole('button', { name: 'Save to file…' }).click();
  const path = join(folder, 'report.txt');
  await chooseFile(page, path, 'Save');
  await page.getByText(`Report saved to ${path}`).first().waitFor();
  expect(await readFile(path, 'utf8')).toMatch(/^state +done$/m);
});

test('what could not be read is listed with the files that it hits, and harmless places as such', async () => {
  requireTool('nbdkit', 'debugfs');
  const lab = await openCloneLab();
  const { page, disk, bigger } = lab;
  const { path, offset } = await fileOnDisk(lab);
  const { uri } = await damagedExport(disk, [{ offset, length: 512 }]);
  await planClone(page, uri, bigger, { allSectors: true });
  const job = await applyPlan(page);
  await eventually(() => state(job)).toBe('Done with 1 hole');
  const row = job.getByRole('table', { name: 'Files with lost bytes' }).getByRole('row').filter({ hasText: path });
  await row.waitFor();
  expect(await row.innerText()).toContain('512 B');
  await job.getByRole('button', { name: 'Report…' }).click();
  expect(await dialog(page).innerText()).toContain('One file has lost bytes');
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: /^Open sectors/ }).click();
  await page.locator('dw-sectors-editor, .dw-sectors').first().waitFor();
});

test('a job that an unreadable sector has ended goes on with zeros in its place, when that is chosen', async () => {
  requireTool('nbdkit', 'debugfs');
  const lab = await openCloneLab();
  const { page, disk, bigger } = lab;
  const { offset } = await fileOnDisk(lab);
  const { uri } = await damagedExport(disk, [{ offset, length: 512 }]);
  const plan = await planClone(page, uri, bigger, { allSectors: true });
  await plan.getByRole('button', { name: 'Apply…' }).click();
  await dialog(page).locator('.dw-apply-options summary').click();
  await dialog(page).getByLabel('cannot be read').selectOption('End the job');
  await dialog(page)
    .getByRole('button', { name: /^(Erase and write|Write) / })
    .click();
  const job = page.locator('dw-job');
  await eventually(() => state(job)).toBe('Failed');
  await runCommand(page, 'Resume Job with Other Options');
  await page.getByRole('option', { name: /Write zeros in their place at once/ }).click();
  await eventually(() => state(job), SLOW_MILLISECONDS).toBe('Done with 1 hole');
});

/** A file on the lab's disk, and where its first block lies on it. */
async function fileOnDisk({ disk, workbench, folder }: CloneLab): Promise<{ path: string; offset: number }> {
  const { deviceId } = await workbench.request('devices/open', { path: disk });
  const { layout } = await workbench.request('devices/layout', { deviceId });
  const { start, size } = layout.partitions.find(({ filesystem }) => filesystem?.type === 'ext4')!;
  const volume = join(folder, 'volume');
  await must('dd', `if=${disk}`, `of=${volume}`, 'bs=512', `skip=${start / 512}`, `count=${size / 512}`, 'status=none');
  // Of one name: what is lost is told by one of them.
  const path = '/notes/expenses.csv';
  return { path, offset: start + (await firstByteOf(path, volume)) };
}

/** Where the first block of a file lies in its volume, by debugfs. */
async function firstByteOf(path: string, volume: string): Promise<number> {
  const blockSize = Number(/^Block size: +(\d+)$/m.exec(await must('dumpe2fs', '-h', volume))![1]);
  const [block] = (await must('debugfs', '-R', `blocks ${path}`, volume)).trim().split(/\s+/);
  expect(Number(block)).toBeGreaterThan(0);
  return Number(block) * blockSize;
}
