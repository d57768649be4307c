import { accessSync, constants, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeFolder } from '../../common/files/makeFolder';
import { isProcessAlive } from '../../common/processes/isProcessAlive';
import { sandboxArguments, type WindowProgram, type WindowTarget } from './windowProgram';

/** Browsers that can show a page as an application, the most likely first. */
const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];

/** The window needs this machine and no other: whatever a page tries, no name is looked up, and no host connected to. */
const ALONE = [
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/** An installed browser with a window that holds nothing but the page; null where there is none. */
export function browserProgram(target: WindowTarget, environment: NodeJS.ProcessEnv): WindowProgram | null {
  const command = findProgram(BROWSERS, environment['PATH'] ?? '');
  if (command === null) return null;
  const profile = makeProfileFolder(target.folder);
  return {
    name: command,
    command,
    arguments: [
      ...sandboxArguments(),
      // Else the browser warns in a bar that it runs without its sandbox.
      ...(sandboxArguments().length > 0 ? ['--test-type'] : []),
      `--app=${target.oneTimeUrl()}`,
      `--user-data-dir=${profile}`,
      '--class=Diskwright',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-mode',
      '--disable-background-networking',
      '--disable-sync',
      '--disable-extensions',
      ...ALONE,
      '--password-store=basic',
    ],
    environment: {},
    temporaryFolder: profile,
  };
}

function findProgram(names: string[], path: string): string | null {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      if (isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A profile for this server alone: a browser that finds its profile in use hands the address to the one that uses it and ends, so that nobody could tell
 * when the window is closed. Those of servers that are no more are taken away.
 */
function makeProfileFolder(folder: string): string {
  const profiles = join(folder, 'browser');
  makeFolder(profiles, 0o700);
  for (const name of readdirSync(profiles)) if (!isProcessAlive(Number(name))) rmSync(join(profiles, name), { recursive: true });
  return join(profiles, String(process.pid));
}
