/** One disk cloned to several targets in the window: one form, one dialog, a job each. */
import { expect, test } from 'vitest';
import { nameDevice, openCloneLab, openWizard } from '../support/clonePage';
import { eventually } from '../support/journey';
import { must, sha256OfFile } from '../support/tool';

test('targets are added by keyboard, confirmed at once, and written together', async () => {
  const { page, errors, workbench, disk, bigger, used } = await openCloneLab();
  await must('sgdisk', '--zap-all', '--new=1:1M:+8M', used);
  const wizard = await openWizard(page, 'Clone a disk…');
  await nameDevice(wizard, 'Source *', disk);
  await nameDevice(wizard, 'Target *', used);
  await wizard.getByRole('button', { name: 'Add another target' }).focus();
  await page.keyboard.press('Enter');
  // The focus is where the next name is typed.
  const second = wizard.getByLabel('Target 2', { exact: true }).and(page.getByRole('textbox'));
  await eventually(() => second.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.keyboard.type(bigger);
  await page.keyboard.press('Tab');
  await wizard.getByRole('button', { name: 'Add another target' }).click();
  await wizard.getByRole('button', { name: 'Remove Target 3' }).click();
  await wizard.getByRole('button', { name: 'Make plan' }).click();

  const dialog = page.getByRole('dialog', { name: 'Apply these 2 plans together?' });
  await dialog.waitFor();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-dialog.png` });
  expect(await dialog.locator('.dw-apply-target').count()).toBe(2);
  const go = dialog.getByRole('button', { name: 'Erase and write 2 targets' });
  expect(await go.isDisabled()).toBe(true);
  await dialog.getByLabel(/To go ahead/).fill(await dialog.locator('.dw-apply-word strong').innerText());
  await go.click();

  const jobs = async (): Promise<string[]> =>
    (await workbench.request('jobs/list', {})).jobs
      .map(({ state, title }) => `${state} ${/\(\d of \d\)$/.exec(title)?.[0]}`)
      .sort();
  await eventually(jobs).toEqual(['done (1 of 2)', 'done (2 of 2)']);
  await page.locator('dw-job:visible').getByText('copied and verified').waitFor();
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-jobs.png` });
  expect(await sha256OfFile(used)).toBe(await sha256OfFile(disk));
  expect(errors).toEqual([]);
});
