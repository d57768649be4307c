/** What a plan does, as its editor tells it. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../core/src/common/plan';
import type { Plan } from '../../sdk/src/protocol';
import { cli } from '../support/cli';
import { openCloneLab, planClone, type CloneLab } from '../support/clonePage';
import { eventually } from '../support/journey';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

/** Imports a plan from its file by the palette. */
async function importPlan({ page }: CloneLab, path: string): Promise<void> {
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Import Plan');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByPlaceholder('Type a name or a path').fill(path);
  await dialog.getByRole('option', { name: basename(path) }).waitFor();
  await page.keyboard.press('Enter');
}

test('steps in words, what is written as fields and bytes, and the layout before and after', async () => {
  requireTool('sgdisk');
  const { page, disk, used } = await openCloneLab();
  await must('sgdisk', '--disk-guid=01234567-89AB-CDEF-0123-456789ABCDEF', used);
  const plan = await planClone(page, disk, used);
  const steps = plan.getByRole('list', { name: 'Steps' });
  await steps.getByText('Make sure that nothing has changed: partition table of the source').waitFor();
  expect(await steps.innerText()).toContain('Checked before anything is written');
  expect(await plan.getByRole('listbox', { name: /^Before/ }).count()).toBe(1);
  expect(await plan.innerText()).toContain('diskwright clone disk');

  const header = plan.locator('details', { hasText: 'Primary GPT header' });
  await header.locator('summary').click();
  const changed = header.getByRole('row').filter({ hasText: '01234567-89ab-cdef-0123-456789abcdef' });
  await changed.waitFor();
  expect(await changed.innerText()).toContain('6d1b41c2-58e3-4b5e-9d0a-1f0c2a7be901');
  expect((await header.locator('b.dw-byte-removed').allInnerTexts()).join(' ')).toContain('67 45 23 01');
});

test('the longest plan is read in pages: its last step is shown, and few rows are drawn', async () => {
  const lab = await openCloneLab();
  const file = join(lab.folder, 'made.plan');
  expect((await cli(['clone', 'disk', lab.disk, lab.bigger, '--plan', file], { home: lab.workbench.home })).status).toBe(0);
  const plan = JSON.parse(await readFile(file, 'utf8')) as Plan;
  const steps = Array.from({ length: 65536 }, (_, index) => ({
    kind: 'write' as const,
    phase: 'content' as const,
    structure: `sector ${index}`,
    reason: 'a long plan',
    target: { device: 'target', offset: 512 * index },
    bytes: randomBytes(16).toString('base64'),
  }));
  const long = join(lab.folder, 'long.plan');
  await writeFile(long, canonicalJson({ ...plan, steps, title: 'A long plan' }));
  const { page } = lab;
  await importPlan(lab, long);
  const list = page.locator('dw-plan').getByRole('list', { name: 'Steps' });
  await list.getByText('Write sector 0,').waitFor();
  await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await list.getByText('Write sector 65535,').waitFor();
  expect(await list.getByRole('listitem').count()).toBeLessThan(40);
});

test('a plan is removed after a question, and its editor says so', async () => {
  const { page, disk, bigger, workbench } = await openCloneLab();
  await planClone(page, disk, bigger);
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Remove Plan');
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('Which plan shall be removed?').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the plan' }).click();
  await eventually(async () => (await workbench.request('plans/list', {})).plans).toEqual([]);
  await page.getByText('This plan cannot be shown').waitFor();
});

test('by keyboard alone: Enter never writes by itself, and the focus goes where the result is', async () => {
  const { page, disk, bigger } = await openCloneLab();
  const plan = await planClone(page, disk, bigger);
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  await plan.getByRole('button', { name: 'Apply…' }).press('Enter');
  await page.getByRole('dialog').getByText('Nothing is recognised').waitFor();
  expect(await focused()).toBe('Back to the plan');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Apply…');
  expect(await page.locator('dw-job').count()).toBe(0);
  await plan.getByRole('button', { name: 'Simulate' }).press('Enter');
  await expect.poll(focused).toBe('Open layout');
  await plan.getByRole('button', { name: 'Remove result' }).press('Enter');
  await expect.poll(focused).toBe('Simulate');
});

test('a plan is saved under the name that is typed, in the folder that is shown', async () => {
  const { page, disk, bigger, folder } = await openCloneLab();
  await mkdir(join(folder, 'saved', 'a folder within'), { recursive: true });
  const plan = await planClone(page, disk, bigger);
  await plan.getByRole('button', { name: 'Save plan to file…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').fill(`${join(folder, 'saved')}/`);
  await dialog.getByRole('option', { name: 'a folder within' }).waitFor();
  await page.keyboard.type('mine.plan');
  await page.keyboard.press('Enter');
  await page.getByText('Plan saved to').first().waitFor();
  expect(await readFile(join(folder, 'saved', 'mine.plan'), 'utf8')).toContain('disk-clone.cloneDisk');
});
