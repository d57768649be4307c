/** The two ways in which a window of the workbench comes up: a browser's, and the desktop shell's. */
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { _electron, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { projectFolder } from './cli';
import { launchChromium } from './chromium';
import type { RunningWorkbench } from './workbench';

export interface Launcher {
  name: string;
  /** Why it cannot be used here; null when it can. */
  lack: string | null;
  /** The workbench in a window, which is closed when the test ends. */
  open(workbench: RunningWorkbench): Promise<Page>;
}

const browser: Launcher = {
  name: 'Chromium',
  lack: null,
  async open({ url }) {
    const launched = await launchChromium();
    onTestFinished(() => launched.close());
    const page = await launched.newPage();
    await page.goto(url);
    return page;
  },
};

/** Electron's binary where its package has put it, or where the environment says; null when it was never downloaded. */
function electronBinary(): string | null {
  try {
    const folder =
      process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??
      join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
    const binary = join(folder, 'electron');
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return null;
  }
}

const binary = electronBinary();
const desktop: Launcher = {
  name: 'Electron',
  lack: binary === null ? "Electron's binary is not here" : process.env['DISPLAY'] ? null : 'Electron needs a display',
  async open({ url, home }) {
    const application = await _electron.launch({
      executablePath: binary!,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), join(projectFolder, 'dist', 'electron.bundle.cjs')],
      env: {
        ...(process.env as Record<string, string>),
        DISKWRIGHT_WORKBENCH_URL: url,
        DISKWRIGHT_WINDOW_FOLDER: join(home, 'window'),
      },
    });
    onTestFinished(() => application.close());
    return application.firstWindow();
  },
};

export const launchers: Launcher[] = [browser, desktop];
