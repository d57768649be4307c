/** Bytes and partitions are changed: staged, judged, taken back, reviewed, applied. The formats' own tools say what came of it. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  applyPlan,
  bytes,
  eventually,
  expectCursorAt,
  goTo,
  labHome,
  sharedBrowser,
  showView,
  unlock,
} from '../../support/journey';
import { extractPartition, MIB } from '../../support/sampleDisk';
import { must, tool } from '../../support/tool';
import { requireTool } from '../../support/tools';

const browse = sharedBrowser();
const PHOTOS = { start: 17 * MIB, size: 36 * MIB };

/** Types over the count of free inodes in the superblock, at the cursor. */
async function typeOverFreeInodes(page: Page): Promise<void> {
  await goTo(page, 'p2:0x410');
  await expectCursorAt(page, PHOTOS.start + 0x410);
  await page.keyboard.type('ff');
}

test('a byte of an ext4 superblock: a finding appears, is gone when it is reverted, and is written by a plan', async () => {
  requireTool('dumpe2fs', 'e2fsck');
  const { home, folder, disk } = await labHome();
  const { page, errors } = await browse({ home });
  await page.getByRole('button', { name: 'Sectors of Demo disk' }).click();
  await bytes(page).waitFor();
  await unlock(page, 'demo-disk.img');
  await showView(page, 'Pending Changes');
  await bytes(page).focus();
  await typeOverFreeInodes(page);
  const findings = page.getByRole('list', { name: 'What the changes lead to' });
  await findings
    .getByText(/would appear/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: /^Revert the change at/ }).click();
  await page.getByText('No bytes are changed.').waitFor();
  await findings.waitFor({ state: 'hidden' });

  await bytes(page).focus();
  await typeOverFreeInodes(page);
  await findings
    .getByText(/would appear/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Review changes…' }).click();
  const plan = page.locator('dw-plan');
  await plan.getByText('freeInodesCount').first().waitFor();
  const job = await applyPlan(page, 'demo-disk.img#2');
  await eventually(() => job.getByRole('status').first().innerText()).toContain('Done');

  const photos = await extractPartition(disk, PHOTOS, join(folder, 'photos.img'));
  const before = 9159;
  const after = (before & ~0xff) | 0xff;
  expect((await tool('dumpe2fs', '-h', photos)).stdout).toMatch(new RegExp(`Free inodes:\\s+${after}\\b`));
  expect((await tool('e2fsck', '-fn', photos)).status).not.toBe(0);
  expect(errors).toEqual([]);
});

test('partitions are planned, taken back in any order, reviewed and applied', async () => {
  requireTool('sgdisk');
  const { home, disk } = await labHome();
  const { page, errors } = await browse({ home });
  await page.getByRole('button', { name: 'Layout of Demo disk' }).click();
  await page.getByRole('button', { name: 'Plan changes' }).click();
  const after = page.getByRole('listbox', { name: /^After/ });
  const planned = page.getByRole('list', { name: 'Planned operations' }).getByRole('listitem');

  await after.getByRole('option', { name: /^Free/ }).last().click();
  await page.getByRole('button', { name: 'Create partition' }).click();
  await eventually(() => planned.count()).toBe(1);
  await planned.getByRole('button', { name: /^Take back/ }).click();
  await page.getByText('Nothing is planned yet').waitFor();

  await after.getByRole('option', { name: /^Partition 1/ }).click();
  await page.getByRole('button', { name: 'Delete partition 1' }).click();
  await after.getByRole('option', { name: /^Partition 3/ }).click();
  await page.getByLabel('Size', { exact: true }).fill('42 MiB');
  await page.getByRole('button', { name: 'Change partition' }).click();
  await after.getByRole('option', { name: /^Free/ }).first().click();
  await page.getByLabel('Start', { exact: true }).fill('2 MiB');
  await page.getByLabel('Size', { exact: true }).fill('8 MiB');
  await page.getByLabel('Name', { exact: true }).fill('new one');
  await page.getByRole('button', { name: 'Create partition' }).click();
  await eventually(() => planned.count()).toBe(3);

  await planned.getByRole('button', { name: 'Take back: Delete partition 1' }).click();
  await page.getByText(/Does not hold/).waitFor();
  expect(await page.getByRole('button', { name: 'Review plan…' }).isDisabled()).toBe(true);
  await planned
    .last()
    .getByRole('button', { name: /^Take back/ })
    .click();
  await after.getByRole('option', { name: /^Partition 1/ }).click();
  await page.getByRole('button', { name: 'Delete partition 1' }).click();
  await planned
    .first()
    .getByRole('button', { name: /^Take back: Resize partition 3/ })
    .click();
  await eventually(() => planned.count()).toBe(1);
  await after.getByRole('option', { name: /^Partition 3/ }).click();
  await page.getByLabel('Size', { exact: true }).fill('42 MiB');
  await page.getByRole('button', { name: 'Change partition' }).click();
  await page.getByRole('button', { name: 'Review plan…' }).click();
  await page
    .locator('dw-plan')
    .getByRole('heading', { name: /2 operations/ })
    .waitFor();
  const job = await applyPlan(page, 'demo-disk.img');
  await eventually(() => job.getByRole('status').first().innerText()).toContain('Done');

  expect(await must('sgdisk', '-v', disk)).toContain('No problems found');
  const rows = [...(await must('sgdisk', '-p', disk)).matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s/gm)].map((row) => row.slice(1, 4));
  expect(rows).toEqual([
    ['2', '34816', '108543'],
    ['3', '108544', String(108544 + (42 * MIB) / 512 - 1)],
  ]);
  expect(errors).toEqual([]);
});
