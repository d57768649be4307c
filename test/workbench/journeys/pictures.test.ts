/**
 * Nothing is clipped and nothing lies over something else, on a small screen and on a large one. With `DISKWRIGHT_PICTURES=1` pictures of all views
 * are written, those for the documentation to `docs/pictures`; with a folder in it, all of them there.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clippedElements } from '../../support/clipping';
import { projectFolder } from '../../support/cli';
import { sharedBrowser } from '../../support/journey';
import { MINUTES, THEMES, tour, wear, type Theme } from '../../support/tour';

const browse = sharedBrowser();
const wanted = process.env['DISKWRIGHT_PICTURES'];
const SIZES = [
  { width: 1024, height: 700 },
  { width: 2560, height: 1440 },
];
const USUAL = { width: 1280, height: 800 };
/** The views in the documentation, each in one theme. */
const DOCUMENTED: Record<string, Theme[]> = {
  welcome: ['light'],
  layout: ['light', 'dark', 'high-contrast-dark'],
  planning: ['light'],
  allocation: ['dark'],
  sectors: ['light', 'dark'],
  pending: ['dark'],
  wizard: ['light'],
  plan: ['light'],
  job: ['dark'],
  plugins: ['light'],
};

test(
  'nothing is clipped in any view, at 1024 by 700 and at 2560 by 1440',
  async () => {
    const found: string[] = [];
    await tour(
      browse,
      async (view, window) => {
        const { page } = window;
        for (const size of SIZES) {
          await page.setViewportSize(size);
          await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
          for (const clipped of await clippedElements(page)) found.push(`${view}, ${size.width} by ${size.height}: ${clipped}`);
          if (wanted && wanted !== '1') await page.screenshot({ path: join(wanted, `${view}-${size.width}.png`) });
        }
        await page.setViewportSize(USUAL);
        if (wanted) await pictures(view, window);
      },
      { viewport: USUAL },
    );
    expect(found).toEqual([]);
  },
  5 * MINUTES,
);

test('what is clipped would be found', async () => {
  const { page } = await browse();
  await page.evaluate(() => {
    const button = (left: number, width: number): string =>
      `<button style="position:absolute;left:${left}px;top:0;width:${width}px;overflow:hidden;white-space:nowrap">a long label</button>`;
    document.body.innerHTML = button(0, 30) + button(100, 200) + button(250, 200);
  });
  expect(await clippedElements(page)).toEqual([
    expect.stringMatching(/^text is wider than its box, .*a long label/),
    expect.stringMatching(/lies over/),
  ]);
});

async function pictures(view: string, window: Parameters<typeof wear>[0]): Promise<void> {
  const folder = wanted === '1' ? join(projectFolder, 'docs', 'pictures') : wanted!;
  await mkdir(folder, { recursive: true });
  for (const theme of wanted === '1' ? (DOCUMENTED[view] ?? []) : THEMES) {
    await wear(window, theme);
    await window.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await window.page.screenshot({ path: join(folder, `${view}-${theme}.png`) });
  }
  await wear(window, THEMES[0]);
}
