// Cloning a whole image without verifying, beside dd and qemu-img past the page cache, interleaved. Argument: MiB to copy (1024), rounds (5).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { diskwright, median, root, run } from './run.mjs';

const mebibytes = Number(process.argv[2] ?? 1024);
const rounds = Number(process.argv[3] ?? 5);
// Beside the project, not in the temporary folder, which may be memory.
const folder = mkdtempSync(join(root, '.cache', 'bench-'));
try {
  const source = join(folder, 'source.img');
  const target = join(folder, 'target.img');
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${mebibytes}`, 'conv=fsync', 'status=none']);
  execFileSync('dd', ['if=/dev/zero', `of=${target}`, 'bs=1M', `count=${mebibytes}`, 'conv=fsync', 'status=none']);
  const env = { DISKWRIGHT_HOME: join(folder, 'home') };
  const arms = {
    dd: ['dd', [`if=${source}`, `of=${target}`, 'bs=4M', 'iflag=direct', 'oflag=direct', 'conv=notrunc,fsync', 'status=none']],
    'qemu-img': [
      'qemu-img',
      ['convert', '-n', '-W', '-m', '16', '-T', 'none', '-t', 'none', '-f', 'raw', '-O', 'raw', source, target],
    ],
    diskwright: [process.execPath, [diskwright, 'clone', 'disk', source, target, '--all-sectors', '--no-verify', '--yes']],
  };
  const times = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, [command, args]] of Object.entries(arms))
      times[name].push((await run(command, args, { env })).milliseconds);
  }
  const baseline = median(times['qemu-img']);
  for (const [name, values] of Object.entries(times)) {
    const milliseconds = median(values);
    const rate = ((mebibytes * 1000) / milliseconds).toFixed(0);
    console.log(
      `${name}: ${(milliseconds / 1000).toFixed(2)} s, ${rate} MiB/s, ${(milliseconds / baseline).toFixed(2)} of qemu-img (median of ${rounds}, interleaved)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
