// The README's first command: sets everything up, makes the demo lab, and opens the workbench.
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchElectron } from './fetchElectron.mjs';
import { makeLab } from './lab.mjs';
import { setup } from './setup.mjs';
import { root } from './shared.mjs';

setup();

const home = process.env.DISKWRIGHT_HOME
  ? resolve(process.env.DISKWRIGHT_HOME)
  : join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'diskwright');
await makeLab(join(home, 'lab'));
await fetchElectron();

const program = join(root, 'core', 'bin', 'diskwright.cjs');
const workbench = spawn(process.execPath, [program, 'start', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, DISKWRIGHT_HOME: home },
});
// Ctrl+C reaches the workbench as well, which ends in order; this waits for it.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => workbench.kill(signal));
workbench.once('exit', (status) => process.exit(status ?? 1));
