/** The first start: from the welcome page to the disk, its partition, a structure, its bytes, and back. */
import { expect, test } from 'vitest';
import { bytes, expectCursorAt, labHome, map, sharedBrowser, statusBar, tabTo } from '../../support/journey';

const browse = sharedBrowser();
/** Of the lab's "photos", behind its boot block of 1 KiB. */
const SUPERBLOCK = 17 * 1024 * 1024 + 1024;

test('by mouse: disk, partition, structure, sectors, and back', async () => {
  const { home } = await labHome();
  const { page, errors } = await browse({ home });
  await page.getByRole('heading', { name: 'Diskwright' }).waitFor();
  await page.getByRole('button', { name: 'Layout of Demo disk' }).click();
  await map(page)
    .getByRole('option', { name: /^Partition 2 photos/ })
    .click();
  const region = page.getByRole('region', { name: 'Selected region' });
  await region.getByText('ext4 “photos”').waitFor();
  await region.getByRole('button', { name: 'List structures' }).click();
  await region.getByRole('button', { name: 'ext superblock' }).first().click();
  await expectCursorAt(page, SUPERBLOCK);
  await statusBar(page).getByText('ext superblock › inodesCount').waitFor();

  await page
    .getByRole('listbox', { name: 'All structures of the device' })
    .getByRole('option', { name: /^GPT header/ })
    .first()
    .click();
  await expectCursorAt(page, 512);
  await page.getByRole('button', { name: 'Go back' }).click();
  await expectCursorAt(page, SUPERBLOCK);
  await page.keyboard.press('Alt+ArrowLeft');
  await region.getByText('ext4 “photos”').waitFor();
  expect(errors).toEqual([]);
});

test('by keyboard alone', async () => {
  const { home } = await labHome();
  const { page, errors } = await browse({ home });
  await tabTo(page, page.getByRole('button', { name: 'Layout of Demo disk' }));
  await page.keyboard.press('Enter');
  await map(page).waitFor();
  await tabTo(page, map(page));
  const photos = map(page).getByRole('option', { name: /^Partition 2 photos/ });
  for (let steps = 0; steps < 8 && (await photos.getAttribute('aria-selected')) !== 'true'; steps++) {
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Enter');
  await expectCursorAt(page, SUPERBLOCK - 1024);
  await page.keyboard.press('Alt+ArrowDown');
  await expectCursorAt(page, SUPERBLOCK);
  await expect.poll(() => bytes(page).evaluate((grid) => grid.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Alt+ArrowLeft');
  await expectCursorAt(page, SUPERBLOCK - 1024);
  await page.keyboard.press('Alt+ArrowLeft');
  await photos.waitFor();
  expect(await photos.getAttribute('aria-selected')).toBe('true');
  expect(errors).toEqual([]);
});
