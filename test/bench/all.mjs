// `npm run bench`: all that is measured, one after the other. Arguments are those of speed.mjs; of them, largeClone.mjs and files.mjs are given the rounds.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const given = process.argv.slice(2);
const rounds = given.includes('--rounds') ? given.slice(given.indexOf('--rounds'), given.indexOf('--rounds') + 2) : [];
const benches = {
  'startUp.mjs': [],
  'search.mjs': [],
  'simulateMillion.mjs': [],
  'speed.mjs': given,
  'largeClone.mjs': rounds,
  'files.mjs': rounds,
};
for (const [name, args] of Object.entries(benches)) {
  console.log(`== ${name}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, name), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
