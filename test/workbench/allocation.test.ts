/** The allocation map in the real page. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openLayout } from '../support/journey';
import { sharedLab } from '../support/lab';
import { openPage } from '../support/page';
import { startWorkbench } from '../support/workbench';

const lab = sharedLab();

async function openMap(name: string): Promise<Page> {
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, name);
  await page
    .getByRole('listbox', { name: /^Map of/ })
    .getByRole('option', { name: /^Partition 2|^Not/ })
    .click();
  return page;
}

test('a cell states how many bytes and blocks it is, and zooming in makes it less', async () => {
  const page = await openMap(lab.disk);
  await page.getByRole('button', { name: 'Allocation map' }).click();
  const scale = page.locator('.dw-allocation-scale');
  await scale.waitFor();
  const text = /^1 cell = (\S+ \S+) \((\d+) blocks? of 1 KiB\)$/;
  const before = Number(text.exec(await scale.innerText())![2]);
  await page.getByRole('application', { name: /^Allocation map/ }).focus();
  await page.keyboard.press('+');
  await expect.poll(async () => Number(text.exec(await scale.innerText())![2])).toBeLessThan(before);
});

test('the cell under the cursor is said, and Enter opens its sectors', async () => {
  const page = await openMap(lab.disk);
  await page.getByRole('button', { name: 'Allocation map' }).click();
  await page.getByText(/^Cell 1 of \d+: all used, bytes 0 –/).waitFor();
  await page.getByRole('application', { name: /^Allocation map/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText(/^Cell 2 of/).waitFor();
  await page.keyboard.press('Enter');
  await page
    .getByRole('tab', { name: /demo-disk\.img/ })
    .nth(2)
    .waitFor();
});

test('the same is there as a table', async () => {
  const page = await openMap(lab.disk);
  await page.getByRole('button', { name: 'Allocation map' }).click();
  await page.getByText('The same as a table').click();
  const rows = page.locator('.dw-allocation-summary tbody tr');
  expect(await rows.count()).toBeGreaterThan(4);
  expect(await rows.first().innerText()).toMatch(/used/);
});
