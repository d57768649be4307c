// Searching a cached file without holes for a text that is not in it, beside ripgrep, interleaved; and a sparse file's holes. Arguments: MiB (4096), rounds (7).
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { diskwright, median, root, run } from './run.mjs';

const mebibytes = Number(process.argv[2] ?? 4096);
const rounds = Number(process.argv[3] ?? 7);
const folder = mkdtempSync(join(root, '.cache', 'bench-'));
try {
  const file = join(folder, 'data.img');
  execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${mebibytes}`, 'status=none']);
  const env = { DISKWRIGHT_HOME: join(folder, 'home') };
  const search = (path) => [process.execPath, [diskwright, 'search', path, '--text', 'Diskwright-needle', '--encoding', 'utf-8']];
  // ripgrep answers 1 when nothing was found.
  const ripgrep = ['sh', ['-c', 'rg --no-mmap -a -F Diskwright-needle "$0" || [ $? = 1 ]', file]];
  const times = { rg: [], diskwright: [] };
  for (let round = 0; round < rounds; round++) {
    times.rg.push((await run(...ripgrep)).milliseconds);
    times.diskwright.push((await run(...search(file), { env })).milliseconds);
  }
  for (const [name, values] of Object.entries(times)) {
    const rate = (mebibytes / 1024 / (median(values) / 1000)).toFixed(2);
    const speed = (median(times.rg) / median(values)).toFixed(2);
    console.log(`${name}: ${rate} GiB/s, ${speed} of ripgrep's speed (median of ${rounds}, interleaved, whole command)`);
  }
  const { pss } = await run(...search(file), { env, memory: true });
  console.log(`memory: ${(pss / 1e6).toFixed(0)} MB PSS at most, ${mebibytes} MiB searched`);
  const sparse = join(folder, 'sparse.img');
  const descriptor = openSync(sparse, 'w');
  ftruncateSync(descriptor, 12 * 1024 ** 4);
  closeSync(descriptor);
  const holes = await run(...search(sparse), { env });
  console.log(`12 TiB of holes: ${(holes.milliseconds / 1000).toFixed(2)} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
