/** The forms of commands, made of their input schemas. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { nameDevice, openCloneLab, openWizard, planClone } from '../support/clonePage';
import { dialog, eventually, runCommand } from '../support/journey';
import { sealPackage } from '../support/sealPlugin';
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

test('a command of a plugin from outside: choices that depend on others, objects in a list, a secret', async () => {
  const { page, disk, folder, workbench } = await openCloneLab();
  const options = { home: workbench.home };
  expect((await cli(['plugin', 'install', await sealPackage(folder)], options)).status).toBe(0);
  const offered = async (): Promise<string[]> =>
    (await workbench.request('commands/list', {})).commands.map(({ contribution }) => contribution.id);
  await eventually(offered).toContain('vendor.seal');
  await runCommand(page, 'Seal a disk');
  const wizard = page.locator('dw-wizard:visible');
  await nameDevice(wizard, 'Disk *', disk);
  await wizard.getByRole('radio', { name: 'aes' }).waitFor();
  await wizard.getByRole('radio', { name: 'stream' }).check();
  await wizard.getByRole('radio', { name: 'chacha' }).waitFor();
  await eventually(() => wizard.getByRole('radio', { name: 'aes' }).count()).toBe(0);
  await eventually(() => wizard.getByLabel('Rounds').inputValue()).toBe('20');

  await wizard.getByRole('button', { name: 'Add to Slots' }).click();
  await wizard.getByText('item 1: name: name is needed').waitFor();
  const slot = wizard.getByRole('group', { name: 'Slots, item 1' });
  await slot.getByLabel('name').fill('first');
  await slot.getByLabel('weight').fill('12');
  await wizard.getByText('weight: is 12, more than 9').waitFor();
  await slot.getByLabel('weight').fill('7');
  await slot.getByRole('checkbox', { name: 'spare' }).check();
  await wizard.getByLabel('Passphrase').fill('open "sesame" 4711');
  const shown = wizard.locator('dw-copy-text code');
  await eventually(() => shown.textContent()).toContain('"weight":7');
  expect(await shown.textContent()).not.toContain('sesame');
  if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}-seal.png` });

  await wizard.getByRole('button', { name: 'Make plan' }).click();
  await dialog(page)
    .getByRole('button', { name: /^Allow/ })
    .click();
  await page.locator('dw-plan').getByRole('heading', { level: 1 }).waitFor();
  const [kept] = (await workbench.request('plans/list', {})).plans;
  const file = join(folder, 'seal.plan');
  const secret = join(folder, 'secret');
  await writeFile(secret, 'open "sesame" 4711');
  const words = ['--family', 'stream', '--slots', '{"name":"first","weight":7,"spare":true}', '--passphrase-file', secret];
  expect(await cli(['seal', disk, ...words, '--plan', file], options)).toMatchObject({ status: 0 });
  expect(await sha256OfFile(file)).toBe(kept!.digest);
});
