/** Running jobs in the window: cancelled, met again after a reload, in a second window, and started on the command line. */
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openCloneLab, planClone, type CloneLab } from '../support/clonePage';
import { applyPlan, eventually } from '../support/journey';
import { nbdkit } from '../support/nbdServer';
import { startCli } from '../support/runningCli';
import { requireTool } from '../support/tools';

/** The lab's disk as a source that takes many seconds to be read. */
async function slowly(disk: string): Promise<string> {
  requireTool('nbdkit');
  return (await nbdkit('--readonly', '--filter=noextents', '--filter=rate', 'file', disk, 'rate=40M')).uri;
}

/** A clone of all sectors of a slow source, running. */
async function runSlowClone({ page, disk, bigger }: CloneLab): Promise<Locator> {
  await planClone(page, await slowly(disk), bigger, { allSectors: true });
  const job = await applyPlan(page);
  await job.getByRole('progressbar').waitFor();
  return job;
}

const percent = async (job: Locator): Promise<number> =>
  Number((await job.getByRole('progressbar').getAttribute('aria-valuenow')) ?? 0);
const jobsView = (page: Page) => page.getByRole('table', { name: 'Jobs' });

test('a job is cancelled at half, after saying what becomes of its target', async () => {
  const lab = await openCloneLab();
  const job = await runSlowClone(lab);
  await job.getByText('Copying').first().waitFor();
  await eventually(() => percent(job)).toBeGreaterThan(20);
  await job.getByRole('button', { name: 'Cancel…' }).click();
  const dialog = lab.page.getByRole('dialog');
  expect(await dialog.innerText()).toContain('The target will look empty');
  await dialog.getByRole('button', { name: 'Cancel the job' }).click();
  await job.getByText('Do not use the target as it is').waitFor();
  expect(await job.locator('.dw-job-state').innerText()).toContain('Cancelled');
  expect(await job.innerText()).toContain('130 (cancelled)');
  expect(await job.getByRole('button', { name: 'Cancel…' }).count()).toBe(0);
});

test('a job goes on through a reload, and is seen by a second window', async () => {
  const lab = await openCloneLab();
  const job = await runSlowClone(lab);
  await lab.page.reload();
  await eventually(() => percent(job)).toBeGreaterThan(0);
  const second = await lab.another(lab.workbench.url);
  await second.page.getByRole('button', { name: /Copying|Checking|Saving|Clearing/ }).click();
  const other = second.page.locator('dw-job');
  const first = await percent(other);
  await eventually(() => percent(other)).toBeGreaterThan(first);
});

test('a job of the command line appears with its progress, and its end is told', async () => {
  const lab = await openCloneLab();
  const { page } = lab;
  const running = startCli(['clone', 'disk', await slowly(lab.disk), lab.bigger, '--all-sectors', '--yes'], {
    home: lab.workbench.home,
  });
  await running.shows(/job/);
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Show Jobs');
  await page.keyboard.press('Enter');
  await jobsView(page).getByRole('progressbar').waitFor();
  running.kill('SIGINT');
  await page
    .getByText(/Cancelled: Clone/)
    .first()
    .waitFor();
  await jobsView(page).getByText('Cancelled').first().waitFor();
});
