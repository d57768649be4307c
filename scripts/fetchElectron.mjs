// Electron's package comes without its binary. One try to fetch it, where a window can be shown at all; a failure is remembered for a day.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { root } from './shared.mjs';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const REACH_MILLISECONDS = 3000;
const FETCH_MILLISECONDS = 180_000;
const RELEASES = { host: 'github.com', port: 443 };
const failure = join(root, '.cache', 'electron-failed');

/** Whether the server of the releases can be reached at all: without a network the download itself would try for minutes. */
function isReachable() {
  return new Promise((answer) => {
    const socket = connect(RELEASES);
    const end = (reachable) => {
      socket.destroy();
      answer(reachable);
    };
    socket.setTimeout(REACH_MILLISECONDS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function failedLately() {
  try {
    return Date.now() - statSync(failure).mtimeMs < DAY_MILLISECONDS;
  } catch {
    return false;
  }
}

function isThere(folder) {
  try {
    return existsSync(join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim()));
  } catch {
    return false;
  }
}

/** Runs the package's own installer, which checks what it fetches against the digests that came with the package. */
function install(folder) {
  return new Promise((answer) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), FETCH_MILLISECONDS);
    child.once('error', () => answer(false));
    child.once('exit', (status) => {
      clearTimeout(timer);
      answer(status === 0);
    });
  });
}

/** Fetches it if that makes sense; the workbench opens in a browser otherwise. Never fails. */
export async function fetchElectron(environment = process.env) {
  const folder = join(root, 'node_modules', 'electron');
  const wanted = environment.DISPLAY || environment.WAYLAND_DISPLAY;
  const refused = environment.ELECTRON_OVERRIDE_DIST_PATH || environment.ELECTRON_SKIP_BINARY_DOWNLOAD;
  if (!wanted || refused || !existsSync(folder) || isThere(folder) || failedLately()) return;
  const elsewhere = environment.ELECTRON_MIRROR || environment.ELECTRON_GET_USE_PROXY;
  if (elsewhere || (await isReachable())) {
    process.stderr.write('Fetching Electron, once … ');
    const done = await install(folder);
    process.stderr.write(done ? 'done\n' : 'failed; the workbench opens in a browser\n');
    if (done) return rmSync(failure, { force: true });
  }
  mkdirSync(dirname(failure), { recursive: true });
  writeFileSync(failure, '');
}
