/** Devices that are very large, or very slow. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  bytes,
  deviceTree,
  editorTab,
  eventually,
  expectCursorAt,
  goTo,
  labHome,
  map,
  openDevice,
  openSectors,
  sharedBrowser,
  showView,
} from '../../support/journey';
import { nbdkit } from '../../support/nbdServer';
import { MIB } from '../../support/sampleDisk';
import { requireTool } from '../../support/tools';

const browse = sharedBrowser();
const GIB = 1024 * MIB;
const PIB = GIB * 2 ** 20;

/** Milliseconds from a click until the page shows that it worked, by the page's own clock. */
function untilShown(page: Page, button: string, text: string, isThere = true): Promise<number> {
  return page.evaluate(
    async ([name, words, shown]) => {
      const { performance } = window;
      const found = [...document.querySelectorAll('button')].find(
        (each) => each.checkVisibility() && each.textContent.trim() === name,
      )!;
      const start = performance.now();
      found.click();
      while (document.body.innerText.includes(words) !== shown) {
        if (performance.now() - start > 10_000) throw new Error(`${name} has no effect`);
        await new Promise(requestAnimationFrame);
      }
      return performance.now() - start;
    },
    [button, text, isThere] as const,
  );
}

test('a device of 1 PiB is gone through from end to end and back', async () => {
  requireTool('nbdkit');
  const { uri } = await nbdkit('--readonly', 'pattern', `size=${PIB}`);
  const { page, errors } = await browse();
  await openDevice(page, uri);
  await page.locator('dw-layout-editor').getByRole('heading', { level: 1 }).waitFor();
  await openSectors(page);
  await bytes(page).focus();
  await page.keyboard.press('Control+End');
  await expectCursorAt(page, PIB - 1);
  // The pattern is each place's own offset, so that what is shown can be told to be what lies there.
  await eventually(() => bytes(page).getByRole('gridcell', { selected: true }).innerText()).toBe('F8');
  await goTo(page, 'end-33s');
  await expectCursorAt(page, PIB - 33 * 512);
  await goTo(page, '0');
  await expectCursorAt(page, 0);
  await page.keyboard.press('Alt+ArrowLeft');
  await expectCursorAt(page, PIB - 33 * 512);
  const whole = page.getByRole('scrollbar', { name: 'Whole device' });
  expect(Number(await whole.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});

test('12 GiB are searched: hits come meanwhile, cancelling answers at once, a hit is gone to', { tags: ['alone'] }, async () => {
  requireTool('nbdkit');
  const { uri } = await nbdkit('--readonly', '--filter=noextents', 'pattern', 'size=12G');
  const { page, errors } = await browse();
  await openDevice(page, uri);
  await openSectors(page);
  await bytes(page).focus();
  await page.keyboard.press('Control+f');
  await page.getByLabel('Kind of pattern').selectOption('hex');
  // Offsets whose lower half is this come once in each 4 GiB; the first is at 1 MiB.
  await page.getByLabel('Pattern', { exact: true }).fill('00 10 00 00 00 00 00');
  await page.getByRole('button', { name: 'Search', exact: true }).last().click();
  const hits = page.getByRole('listbox', { name: 'Hits' });
  await hits.getByRole('option').first().waitFor();
  await page.getByRole('progressbar', { name: 'Search' }).waitFor();
  expect(await untilShown(page, 'Cancel', 'Cancelled, ')).toBeLessThan(100);
  await hits.getByRole('option').first().click();
  const shown = await hits.getByRole('option').first().innerText();
  await expectCursorAt(page, parseInt(/^\s*([0-9A-F]+)/.exec(shown)![1]!, 16));
  expect(errors).toEqual([]);
});

test(
  'a device that hangs blocks nothing: it is said what is waited for, other editors work, cancelling answers at once',
  { tags: ['alone'] },
  async () => {
    requireTool('nbdkit');
    const { uri } = await nbdkit('--readonly', '--filter=delay', 'pattern', 'size=1G', 'rdelay=600');
    const { home } = await labHome();
    const { page, errors } = await browse({ home });
    await openDevice(page, uri);
    await page.getByText(`In progress: Waiting for ${uri}`).waitFor();
    const start = performance.now();
    await editorTab(page, 'Welcome').click();
    await page.getByRole('button', { name: 'Layout of Demo disk' }).click();
    await map(page)
      .getByRole('option', { name: /^Partition 2 photos/ })
      .waitFor();
    await showView(page, 'Plugins');
    await page.getByRole('list', { name: 'Plugins' }).waitFor();
    await showView(page, 'Devices');
    await deviceTree(page).waitFor();
    expect(performance.now() - start).toBeLessThan(10_000);
    await page.getByText(`In progress: Waiting for ${uri}`).waitFor();
    expect(await untilShown(page, 'Cancel', `In progress: Waiting for ${uri}`, false)).toBeLessThan(100);
    expect(errors).toEqual([]);
  },
);
