/** Lists that commands answer, pulled as the reader scrolls. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameDevice, openCloneLab, openWizard } from '../support/clonePage';
import { eventually } from '../support/journey';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

/** More than fits two pages of a list. */
const FILES = 6000;

test('a long list is drawn in part, and its next page comes as one scrolls', async () => {
  requireTool('mkfs.ext4');
  const scratch = await scratchFolder();
  const tree = join(scratch, 'tree');
  await mkdir(tree);
  for (let number = 0; number < FILES; number++) await writeFile(join(tree, `file number ${number}`), '');
  const image = join(scratch, 'many.img');
  await must('mkfs.ext4', '-q', '-N', '8000', '-d', tree, image, '32M');
  const { page, errors } = await openCloneLab();
  const wizard = await openWizard(page, 'List files…');
  await nameDevice(wizard, 'Directory *', `${image}#0:/`);
  await wizard.getByRole('button', { name: 'Show' }).click();
  const list = page.locator('dw-result-list');
  await list.getByText(/rows so far; more come as you scroll/).waitFor();
  const grid = list.getByRole('grid');
  expect(await grid.getByRole('row').count()).toBeLessThan(200);
  await grid.focus();
  for (let times = 0; times < 4; times++) await page.keyboard.press('End');
  await eventually(async () => {
    await page.keyboard.press('End');
    return list.getByText(`${FILES + 1} rows.`).count();
  }).toBe(1);
  expect(errors).toEqual([]);
});
