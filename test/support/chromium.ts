import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env['DISKWRIGHT_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

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
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', `--disable-features=${[...OF_PLAYWRIGHT, ...UNSEEN_PAGES].join(',')}`],
    ignoreDefaultArgs: ['--hide-scrollbars'],
  });
}
