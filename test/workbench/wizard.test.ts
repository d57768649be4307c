/** The forms of commands, made of their input schemas. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { nameDevice, openCloneLab, openWizard, planClone } from '../support/clonePage';
import { eventually } from '../support/journey';
import { sha256OfFile } from '../support/tool';

test('an error stands at its field, and goes when it is put right', async () => {
  const { page, disk, used } = await openCloneLab();
  const wizard = await openWizard(page, 'Clone a disk…');
  await nameDevice(wizard, 'Source *', join(disk, 'absent'));
  const source = wizard.getByLabel('Source *', { exact: true });
  await eventually(() => source.getAttribute('aria-invalid')).toBe('true');
  await nameDevice(wizard, 'Source *', disk);
  await eventually(() => source.getAttribute('aria-invalid')).toBe('false');
  await wizard.getByRole('button', { name: 'Make plan' }).click();
  await wizard.getByText('Target is needed').waitFor();
  await nameDevice(wizard, 'Target *', used);
  await wizard.getByText('What would be done').waitFor();
});

test('the command line that is shown does the same', async () => {
  const { page, disk, bigger, folder, workbench } = await openCloneLab();
  const wizard = await openWizard(page, 'Clone a disk…');
  await nameDevice(wizard, 'Source *', disk);
  await nameDevice(wizard, 'Target *', bigger);
  await wizard.getByRole('radio', { name: 'fit' }).check();
  const shown = wizard.locator('dw-copy-text code');
  await eventually(() => shown.textContent()).toContain('--layout fit');
  const line = (await shown.textContent())!;
  await wizard.getByRole('button', { name: 'Make plan' }).click();
  await page.locator('dw-plan').getByRole('heading', { level: 1 }).waitFor();
  const [kept] = (await workbench.request('plans/list', {})).plans;

  const file = join(folder, 'same.plan');
  const words = line.split(' ').slice(1);
  expect((await cli([...words, '--plan', file], { home: workbench.home })).status).toBe(0);
  expect(await sha256OfFile(file)).toBe(kept!.digest);
});

test('what was filled in is there again when the page is loaded anew', async () => {
  const { page, disk } = await openCloneLab();
  const wizard = await openWizard(page, 'Clone a disk…');
  await nameDevice(wizard, 'Source *', disk);
  await wizard.getByRole('radio', { name: 'fit' }).check();
  await page.reload();
  await eventually(() => wizard.getByLabel('Source *', { exact: true }).inputValue()).toBe(disk);
  expect(await wizard.getByRole('radio', { name: 'fit' }).isChecked()).toBe(true);
});

test('a device is chosen by the keyboard from what is on it', async () => {
  const { page, disk, bigger, workbench } = await openCloneLab();
  for (const path of [disk, bigger]) await workbench.request('devices/open', { path });
  const wizard = await openWizard(page, 'Clone a disk…');
  await wizard.getByRole('combobox', { name: 'Source: search' }).fill('photos');
  await wizard.getByRole('listbox', { name: 'Source' }).getByRole('option').filter({ hasText: 'photos' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await eventually(() => wizard.getByLabel('Source *', { exact: true }).inputValue()).toBe(disk);
});

test('making a plan twice opens the one that is there', async () => {
  const { page, disk, bigger } = await openCloneLab();
  await planClone(page, disk, bigger);
  await page.getByRole('tab', { name: 'Clone a disk' }).click();
  await page.locator('dw-wizard').getByRole('button', { name: 'Make plan' }).click();
  await eventually(() => page.getByRole('tab', { name: 'Plan' }).getAttribute('aria-selected')).toBe('true');
  expect(await page.getByRole('tab', { name: 'Plan' }).count()).toBe(1);
});
