/** A simulated result is taken away: with what shows it, or not at all while a job works with it. */
import { expect, test } from 'vitest';
import { openCloneLab, planClone } from '../support/clonePage';
import { eventually } from '../support/journey';

async function simulated() {
  const lab = await openCloneLab();
  const plan = await planClone(lab.page, lab.disk, lab.bigger);
  await plan.getByRole('button', { name: 'Simulate' }).click();
  const result = plan.locator('dw-simulation');
  await result.getByRole('button', { name: 'Remove result' }).waitFor();
  const name = await result.locator('strong').innerText();
  return { ...lab, plan, result, name };
}

test('editors of a result go with it', async () => {
  const { page, workbench, result, name } = await simulated();
  await result.getByRole('button', { name: 'Open sectors' }).click();
  const tab = page.getByRole('tab', { name });
  await tab.waitFor();
  await page.getByRole('tab', { name: /^Plan/ }).click();
  await result.getByRole('button', { name: 'Remove result' }).click();
  await eventually(() => tab.count()).toBe(0);
  expect((await workbench.request('devices/list', {})).overlays).toEqual([]);
});

test('an editor in another window says that its result is gone', async () => {
  const { page, workbench, result, name } = await simulated();
  await result.getByRole('button', { name: 'Open sectors' }).click();
  const header = page.getByRole('toolbar', { name: 'Sectors' });
  await header.waitFor();
  await workbench.request('overlays/remove', { name });
  await header.getByText('this overlay was removed').waitFor();
});

test('a result that a job reads stays, and why is said', async () => {
  const { page, result, name, used, workbench } = await simulated();
  const { kind, plan } = (await workbench.request('commands/execute', {
    token: 'clone',
    command: 'disk-clone.cloneDisk',
    input: { source: name, target: used, allSectors: true },
  })) as { kind: string; plan: string };
  expect(kind).toBe('plan');
  const { word } = await workbench.request('plans/safety', { digest: plan });
  const { jobId } = await workbench.request('plans/apply', { digest: plan, word });
  await result.getByRole('button', { name: 'Remove result' }).click();
  await result.getByText(new RegExp(`job ${jobId} works with the overlay|overlay ${name} is in use`, 'i')).waitFor();
  expect(await page.getByText('The simulated result was removed').count()).toBe(0);
});
