/** Views that plugins contribute, as their commands answer them. */
import { expect, test } from 'vitest';
import { nameDevice, openCloneLab, openWizard } from '../support/clonePage';
import { eventually } from '../support/journey';

/** How many colours a canvas shows. */
function paintedColours(canvas: SVGElement | HTMLElement): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  return new Set(new Uint32Array(data.buffer)).size;
}

test('a map of a volume is shown with its legend, leads to sectors, and can be had again after a reload', async () => {
  const { page, disk, errors } = await openCloneLab();
  const wizard = await openWizard(page, 'FAT usage map…');
  await nameDevice(wizard, 'Volume *', `${disk}#1`);
  await wizard.getByRole('button', { name: 'Show' }).click();
  const result = page.locator('dw-result');
  const map = result.getByRole('img', { name: /^Map:/ });
  await map.waitFor();
  expect(await result.getByRole('row').count()).toBeGreaterThan(2);
  await eventually(() => map.evaluate(paintedColours)).toBeGreaterThan(1);
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await eventually(() => page.getByRole('tab', { name: /demo-disk\.img/ }).count()).toBe(1);
  await page.reload();
  await page.getByRole('tab', { name: 'FAT usage map' }).last().click();
  await result.getByText('This result is not kept').waitFor();
  await result.getByRole('button', { name: 'Run again' }).click();
  await map.waitFor();
  expect(errors).toEqual([]);
});

test('a table of a volume is sorted and filtered', async () => {
  const { page, disk } = await openCloneLab();
  const wizard = await openWizard(page, 'FAT entries…');
  await nameDevice(wizard, 'Volume *', `${disk}#1`);
  await wizard.getByRole('button', { name: 'Show' }).click();
  const table = page.locator('dw-result-table');
  await table.getByRole('columnheader').first().getByRole('button').click();
  expect(await table.getByRole('columnheader').first().getAttribute('aria-sort')).toBe('ascending');
  const all = await table.getByRole('row').count();
  await table.getByRole('searchbox', { name: 'Filter rows' }).fill('nothing has this text');
  await eventually(() => table.getByRole('row').count()).toBe(1);
  expect(all).toBeGreaterThan(1);
});
