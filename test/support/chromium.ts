import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The same browser without the window around its page costs a quarter less time. */
const SHELL = '/usr/bin/chromium-headless-shell';
const GIVEN = process.env['DISKWRIGHT_TEST_CHROMIUM'];
const WHOLE = GIVEN ?? '/usr/bin/chromium';

/** Chromium makes these two pages for the address bar of every window, which nobody sees here: half of what a window costs. */
const UNSEEN_PAGES = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** What Playwright turns off: there is one such list, and the last one given counts. */
const OF_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/** A Chromium, with scrollbars, which a user sees as well. The caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: GIVEN ?? (existsSync(SHELL) ? SHELL : WHOLE),
    args: ['--no-sandbox', `--disable-features=${[...OF_PLAYWRIGHT, ...UNSEEN_PAGES].join(',')}`],
    ignoreDefaultArgs: ['--hide-scrollbars'],
  });
}

/** A Chromium as users have it, for what must not get out of a page. The caller closes it. */
export function launchWholeChromium(args: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: WHOLE, args: ['--no-sandbox', ...args] });
}
