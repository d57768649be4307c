// `npm run bench`: all that is measured, one after the other. Arguments are those of speed.mjs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const benches = { 'startUp.mjs': [], 'search.mjs': [], 'simulateMillion.mjs': [], 'speed.mjs': process.argv.slice(2) };
for (const [name, args] of Object.entries(benches)) {
  console.log(`== ${name}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, name), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
