/** The layout editor in the real page, over real images. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { deviceRow, map, openLayout } from '../support/journey';
import { sharedLab } from '../support/lab';
import { openPage } from '../support/page';
import { scratchFolder } from '../support/scratch';
import { tool, must } from '../support/tool';
import { findTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';

const lab = sharedLab();
const after = (page: Page) => page.getByRole('listbox', { name: /^After/ });
const operations = (page: Page) => page.getByRole('list', { name: 'Planned operations' }).getByRole('listitem');

async function openLab(): Promise<Page> {
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, lab.disk);
  return page;
}

test.skipIf(!findTool('sgdisk'))('the table agrees with sgdisk', async () => {
  const page = await openLab();
  const rows = await page
    .getByRole('grid', { name: /^Layout of/ })
    .locator('tbody tr:not(.dw-minor)')
    .all();
  const shown = await Promise.all(
    rows.map(async (row) => [
      (await row.locator('td').first().innerText()).trim(),
      ...(await row.locator('.dw-sector').allInnerTexts()).slice(0, 2),
    ]),
  );
  const listed = (await must('sgdisk', '-p', lab.disk)).matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s/gm);
  expect(shown).toEqual([...listed].map(([, number, start, end]) => [number, start, end]));
});

test('map and table select together, by mouse and by keyboard', async () => {
  const page = await openLab();
  await map(page)
    .getByRole('option', { name: /^Partition 2/ })
    .click();
  const row = page.getByRole('grid').locator('tr[aria-selected="true"]');
  expect(await row.innerText()).toContain('photos');
  await page.keyboard.press('ArrowRight');
  expect(await row.innerText()).toContain('STICK');
  await row.focus();
  await page.keyboard.press('ArrowUp');
  expect(await map(page).locator('[aria-selected="true"]').getAttribute('aria-label')).toContain('photos');
});

test('the map is drawn to scale, and says what is not', async () => {
  const page = await openLab();
  const widths = await map(page)
    .getByRole('option', { name: /^Partition \d/ })
    .evaluateAll((regions) => regions.map((region) => region.getBoundingClientRect().width));
  expect(widths[1]! / widths[2]!).toBeCloseTo(36 / 41, 1);
  await page.getByText('jagged edge: drawn wider than to scale').waitFor();
});

test('a partition is planned by the form and taken back', async () => {
  const page = await openLab();
  await page.getByRole('button', { name: 'Plan changes' }).click();
  await after(page)
    .getByRole('option', { name: /^Partition 3/ })
    .click();
  await page.getByRole('button', { name: 'Delete partition 3' }).click();
  await after(page).getByRole('option', { name: /^Free/ }).last().click();
  await page.getByRole('textbox', { name: 'Start' }).fill('60 MiB');
  await page.getByRole('textbox', { name: 'Size' }).fill('20480s');
  await page.getByRole('button', { name: 'Create partition' }).click();
  expect((await operations(page).allInnerTexts()).map((text) => text.trim())).toEqual([
    'Delete partition 3',
    'Create partition 3, 10 MiB at 60 MiB, Linux filesystem',
  ]);
  await page.getByRole('button', { name: 'Take back: Delete partition 3' }).click();
  await page.getByText('Does not hold: it would overlap partition 3.').waitFor();
  expect(await page.getByRole('button', { name: 'Review plan…' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Take all back' }).click();
  await page.getByText('Nothing is planned yet').waitFor();
});

test('Enter leads to the form, which refuses at once what would cut off a filesystem', async () => {
  const page = await openLab();
  await page.getByRole('button', { name: 'Plan changes' }).click();
  await after(page)
    .getByRole('option', { name: /^Partition 2/ })
    .click();
  await after(page).press('Enter');
  const start = page.getByRole('textbox', { name: 'Start' });
  await expect.poll(() => start.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.getByRole('textbox', { name: 'Size' }).fill('20 MiB');
  await page.getByText('The ext4 filesystem in it is 36 MiB long and would be cut off; shrink it first.').waitFor();
  expect(await page.getByRole('button', { name: 'Change partition' }).isDisabled()).toBe(true);
});

test('a partition is resized by dragging its edge, no further than its filesystem lets it', async () => {
  const page = await openLab();
  await page.getByRole('button', { name: 'Plan changes' }).click();
  await after(page)
    .getByRole('option', { name: /^Partition 3/ })
    .click();
  const edge = (await page.locator('.dw-map-handle').boundingBox())!;
  const drag = async (by: number): Promise<void> => {
    await page.mouse.move(edge.x + 4, edge.y + 30);
    await page.mouse.down();
    await page.mouse.move(edge.x + 4 + by, edge.y + 30, { steps: 4 });
  };
  await drag(-80);
  await page.getByText(/vfat filesystem is as long/).waitFor();
  await page.mouse.up();
  expect(await operations(page).count()).toBe(0);
  await drag(200);
  await page.mouse.up();
  expect((await operations(page).innerText()).trim()).toBe('Resize partition 3 to 42 MiB');
});

test('what is planned survives a reload and becomes a plan', async () => {
  const workbench = await startWorkbench();
  const { page } = await openPage(workbench.url);
  await openLayout(page, lab.disk);
  const planning = page.getByRole('button', { name: /^Plan changes/ });
  await planning.click();
  await after(page)
    .getByRole('option', { name: /^Partition 3/ })
    .click();
  await page.getByRole('button', { name: 'Delete partition 3' }).click();
  const kept = async (): Promise<string> => JSON.stringify(await workbench.request('state/read', { key: 'planned-partitions' }));
  await expect.poll(kept, { timeout: 10_000 }).toContain('delete');
  await page.reload();
  await deviceRow(page, 'demo-disk.img').dblclick();
  await planning.waitFor();
  if ((await planning.getAttribute('aria-pressed')) === 'false') await planning.click();
  await operations(page).waitFor();
  await page.getByRole('button', { name: 'Review plan…' }).click();
  await page.getByRole('heading', { name: /^Change .*demo-disk/ }).waitFor();
});

test.skipIf(!findTool('mkfs.ext4'))('a hostile label is text, in every view', async () => {
  const folder = await scratchFolder();
  const image = join(folder, 'hostile.img');
  await must('truncate', '-s', '8M', image);
  await must('mkfs.ext4', '-q', '-L', '<img onerror=', image);
  const { url } = await startWorkbench();
  const { page, errors } = await openPage(url);
  await openLayout(page, image);
  await map(page)
    .getByRole('option', { name: /<img onerror=/ })
    .click();
  await deviceRow(page, 'hostile.img').click();
  await page.keyboard.press('ArrowRight');
  await deviceRow(page, '<img onerror=').waitFor();
  expect(await page.locator('img').count()).toBe(0);
  expect(errors).toEqual([]);
});

test('a device on which nothing is recognised says what to do', async () => {
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, lab.smaller);
  await page.getByText(/Neither a partition table nor a filesystem is recognised/).waitFor();
  await page.getByRole('button', { name: 'Plan changes' }).click();
  await page.getByRole('button', { name: 'GPT', exact: true }).click();
  expect(await operations(page).innerText()).toContain('New GPT partition table');
  await after(page).getByRole('option', { name: /^Free/ }).waitFor();
});

test('damage is listed with its place and what to do', async () => {
  const image = join(await scratchFolder(), 'damaged.img');
  await copyFile(lab.disk, image);
  await tool('dd', 'if=/dev/zero', `of=${image}`, 'bs=1', 'seek=520', 'count=4', 'conv=notrunc');
  const { url } = await startWorkbench();
  const { page } = await openPage(url);
  await openLayout(page, image);
  const findings = page.getByRole('region', { name: 'Findings' });
  await findings
    .getByText(/Error|Warning/)
    .first()
    .waitFor();
  await findings.getByRole('button', { name: /^byte/ }).first().waitFor();
});
