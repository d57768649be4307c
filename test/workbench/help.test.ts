/** What the window says of itself. */
import { expect, test } from 'vitest';
import { seriousFindings } from '../support/accessibility';
import { openCloneLab } from '../support/clonePage';
import { dialog, runCommand } from '../support/journey';

test('About leads to the licences of all parts, as text in the window', async () => {
  const { page, errors } = await openCloneLab();
  await runCommand(page, 'Help: About Diskwright');
  await dialog(page).getByRole('button', { name: 'Show all licences' }).click();
  const text = page.getByRole('region', { name: 'Licences' });
  await text.waitFor();
  expect(await text.innerText()).toMatch(/@lumino\/widgets 2\.10\.0: BSD-3-Clause[\s\S]*Project Jupyter Contributors/);
  expect(await text.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});
