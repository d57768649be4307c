/** axe-core finds nothing serious in any main view, in any theme. */
import { expect, test } from 'vitest';
import { seriousFindings } from '../../support/accessibility';
import { sharedBrowser } from '../../support/journey';
import { isLong } from '../../support/longRun';
import { MINUTES, THEMES, tour, wear } from '../../support/tour';

const browse = sharedBrowser();

test(
  'every view, in every theme, has no serious finding of axe-core',
  async () => {
    const found: string[] = [];
    const [first, ...others] = THEMES;
    let views = 0;
    await tour(browse, async (view, window) => {
      // A short run takes turns.
      const more = isLong ? others : [others[views++ % others.length]!];
      for (const theme of [first!, ...more]) {
        await wear(window, theme);
        // Roles and names are the same in all themes.
        const rules = theme === first ? undefined : ['color-contrast'];
        for (const finding of await seriousFindings(window.page, rules)) found.push(`${view}, ${theme}: ${finding}`);
      }
    });
    expect(found).toEqual([]);
  },
  5 * MINUTES,
);

test('what is not accessible would be found', async () => {
  const { page } = await browse();
  await page.evaluate(() => (document.body.innerHTML = '<button></button><p style="color:#999;background:#aaa">faint</p>'));
  expect(await seriousFindings(page)).toEqual([expect.stringMatching(/^button-name/), expect.stringMatching(/^color-contrast/)]);
});
