/** The layout in small windows, by touch, over many partitions and over a device that hangs; tabs by dragging. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dialog, deviceRow, editorTab, map, openLayout, runCommand, sharedBrowser } from '../support/journey';
import { sharedLab } from '../support/lab';
import { nbdkit } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { findTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';

const lab = sharedLab();
const browse = sharedBrowser();
const layout = (page: Page): Locator => page.locator('dw-layout-editor:visible');
const after = (page: Page): Locator => layout(page).getByRole('listbox', { name: /^After/ });

test('in the smallest window nothing scrolls sideways, and map and form stay in sight together', async () => {
  const { page } = await browse({}, { viewport: { width: 1024, height: 700 } });
  await openLayout(page, lab.disk);
  const overflow = await layout(page)
    .locator('*')
    .evaluateAll((all) =>
      all
        .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX === 'auto')
        .map((node) => node.className),
    );
  expect(overflow).toEqual([]);
  await layout(page).getByRole('button', { name: 'Plan changes' }).click();
  await after(page)
    .getByRole('option', { name: /^Partition 2/ })
    .click();
  for (const part of [
    after(page),
    layout(page).getByRole('textbox', { name: 'Start' }),
    layout(page).getByRole('button', { name: 'Change partition' }),
  ]) {
    const box = (await part.boundingBox())!;
    expect(box.y).toBeGreaterThan(60);
    expect(box.y + box.height).toBeLessThan(680);
  }
});

test.each([
  { width: 1024, height: 700 },
  { width: 1280, height: 800 },
])('while planning, with the panel open, the mouse reaches every control ($width by $height)', async (viewport) => {
  const { page } = await browse({}, { viewport });
  await openLayout(page, lab.disk);
  await layout(page).getByRole('button', { name: 'Plan changes' }).click();
  for (const partition of [/^Partition 1/, /^Partition 3/]) {
    await after(page).getByRole('option', { name: partition }).click();
    await layout(page)
      .getByRole('button', { name: /^Delete partition/ })
      .click();
  }
  await after(page)
    .getByRole('option', { name: /^Partition 2/ })
    .click();
  await runCommand(page, 'View: Toggle Panel');
  await page.getByRole('tablist', { name: 'Panel' }).waitFor();
  expect(await layout(page).locator('button, input, select').evaluateAll(outOfReach)).toEqual([]);
});

/** What of these elements is not what the mouse finds at their middle once they are scrolled into sight. */
function outOfReach(elements: Element[]): string[] {
  const visible = elements.filter((element) => element.checkVisibility({ visibilityProperty: true }));
  return visible.flatMap((element) => {
    element.scrollIntoView({ block: 'nearest' });
    const { x, y, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(x + width / 2, y + height / 2);
    const isIt = found !== null && (element.contains(found) || found.shadowRoot?.contains(element) === true);
    return isIt ? [] : [`${element.ariaLabel ?? element.textContent}: ${found?.className ?? 'nothing'}`];
  });
}

test.skipIf(!findTool('sfdisk'))('one of 500 partitions is found by its name', async () => {
  const image = join(await scratchFolder(), 'many.img');
  await must('truncate', '-s', '2G', image);
  const script = `${image}.sfdisk`;
  const lines = Array.from({ length: 500 }, (_, index) => `start=${4096 + index * 8192}, size=8192, name=part${index + 1}`);
  await writeFile(script, ['label: gpt', 'table-length: 512', 'first-lba: 2048', ...lines].join('\n'));
  await must('sh', '-c', `sfdisk -q "${image}" < "${script}"`);
  const { page } = await browse();
  await openLayout(page, image);
  await layout(page).getByRole('searchbox', { name: 'Find in the layout' }).fill('part432');
  const row = layout(page).getByRole('grid').locator('tbody tr');
  await expect.poll(() => row.count()).toBe(1);
  const number = row.locator('td').first();
  expect(await number.evaluate((cell) => cell.scrollWidth <= cell.clientWidth)).toBe(true);
  await row.click();
  await layout(page).getByRole('region', { name: 'Selected region' }).getByText('Partition 432 part432').waitFor();
});

test('a command without arguments takes the row of Devices that has the focus, else the region of the layout', async () => {
  const { page } = await browse();
  await openLayout(page, lab.bigger);
  await openLayout(page, lab.disk);
  await map(page)
    .getByRole('option', { name: /^Partition 2/ })
    .click();
  await runCommand(page, 'Disk: Allocation Map');
  await page.getByRole('heading', { name: /Allocation map of demo-disk\.img, partition 2/ }).waitFor();
  await deviceRow(page, 'bigger-disk.img').click();
  await runCommand(page, 'Disk: Clone a disk…');
  await expect.poll(() => page.locator('dw-wizard').getByLabel('Source *', { exact: true }).inputValue()).toBe(lab.bigger);
});

test('a command that finds nothing to act on asks by the picker', async () => {
  const { page } = await browse();
  await openLayout(page, lab.disk);
  await editorTab(page, 'Welcome').click();
  await runCommand(page, 'Disk: Forget');
  await dialog(page)
    .getByRole('option', { name: /demo-disk\.img/ })
    .click();
  await dialog(page).getByRole('button', { name: 'Forget', exact: true }).click();
  await deviceRow(page, 'demo-disk.img').waitFor({ state: 'detached' });
});

test.skipIf(!findTool('nbdkit'))(
  'a layout says that it waits for a device, and cancels at once',
  { tags: ['alone'] },
  async () => {
    // Its ends can be read, by which a device is known; what lies on its partitions never comes.
    const hang = 'if [ $4 -ge 1048576 ] && [ $4 -lt 100000000 ]; then exec sleep 30; fi';
    const read = `exec dd if="${lab.disk}" iflag=skip_bytes,count_bytes bs=64K skip=$4 count=$3 status=none`;
    const size = `get_size=stat -c %s "${lab.disk}"`;
    const server = await nbdkit('--readonly', 'eval', 'thread_model=echo parallel', size, `pread=${hang}; ${read}`);
    const workbench = await startWorkbench();
    await workbench.request('devices/open', { path: lab.disk });
    await workbench.request('devices/open', { path: server.uri });
    const { page } = await browse(workbench);
    await deviceRow(page, 'nbdkit.sock').dblclick();
    await layout(page)
      .getByText(/^Waiting for/)
      .waitFor();
    const took = await layout(page).evaluate(async (editor) => {
      const button = [...editor.querySelectorAll('button')].find(({ textContent }) => textContent === 'Cancel')!;
      const start = performance.now();
      button.click();
      while (!editor.textContent?.includes('You cancelled it')) await new Promise((resolve) => setTimeout(resolve, 1));
      return performance.now() - start;
    });
    expect(took).toBeLessThan(100);
  },
);

test("a partition's edge is dragged by a finger", async () => {
  const { page, context } = await browse({}, { hasTouch: true });
  await openLayout(page, lab.disk);
  await layout(page).getByRole('button', { name: 'Plan changes' }).click();
  await after(page)
    .getByRole('option', { name: /^Partition 3/ })
    .tap();
  const edge = (await layout(page).locator('.dw-map-handle').boundingBox())!;
  const touch = await context.newCDPSession(page);
  const y = edge.y + 30;
  // Beside the handle that is drawn: a finger is not so exact.
  const at = (x: number) => ({ touchPoints: [{ x, y }] });
  const from = edge.x - 6;
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(from) });
  for (const by of [20, 80, 200]) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(from + by) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const operations = layout(page).getByRole('list', { name: 'Planned operations' });
  expect((await operations.innerText()).trim()).toBe('Resize partition 3 to 42 MiB');
});

test('a tab that is dragged to the edge of an editor splits it', async () => {
  const { page } = await browse();
  await openLayout(page, lab.disk);
  const tab = (await editorTab(page, 'demo-disk.img').boundingBox())!;
  const area = (await layout(page).boundingBox())!;
  await page.mouse.move(tab.x + 40, tab.y + 12);
  await page.mouse.down();
  await page.mouse.move(tab.x + 60, tab.y + 60, { steps: 5 });
  await page.mouse.move(area.x + area.width - 20, area.y + area.height / 2, { steps: 10 });
  await page.mouse.up();
  await expect.poll(() => page.getByRole('tablist', { name: 'Editors' }).count()).toBe(2);
  const moved = (await layout(page).boundingBox())!;
  expect(moved.x).toBeGreaterThan(area.x + area.width / 3);
});
