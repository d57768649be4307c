// Cloning and serving beside others and beside the disk's own limit: writes docs/performance.md. Needs root, and about 40 GiB beside the project.
// Arguments: --rounds N (5), --gib N of files (4), --folder PATH, in which the sample is kept; --out FILE.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePart } from './document.mjs';
import { root, run } from './run.mjs';
import { PARTCLONE, QEMU } from './speed/cloneContenders.mjs';
import { DELTA, LIMIT, measureClones, measureMemory, READ_LIMIT } from './speed/cloning.mjs';
import { describeMachine } from './speed/machine.mjs';
import { sampleDisk } from './speed/sampleDisk.mjs';
import { measureServing } from './speed/serving.mjs';
import { table } from './speed/tables.mjs';
import { measureTogether, togetherTable } from './speed/together.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    gib: { type: 'string', default: '4' },
    // Beside the project, not in the temporary folder, which may be memory.
    folder: { type: 'string', default: join(root, '.cache', 'bench') },
    out: { type: 'string', default: join(root, 'docs', 'performance.md') },
  },
});
const rounds = Number(values.rounds);
const report = (line) => process.stderr.write(`${line}\n`);

for (const tool of ['fio', 'qemu-img', 'qemu-nbd', 'nbdkit', 'nbdcopy', 'partclone.ext4', 'ddrescue', 'mke2fs', 'losetup'])
  await run('sh', ['-c', `command -v ${tool}`]).catch(() => {
    throw new Error(`${tool} is not installed`);
  });
report(`Sample in ${values.folder} …`);
const disk = sampleDisk(values.folder, Number(values.gib));
const home = mkdtempSync(join(values.folder, 'home-'));
try {
  const given = { folder: values.folder, disk, rounds, home, report };
  const serving = await measureServing(given);
  const loops = await measureClones('loops', given);
  const files = await measureClones('files', given);
  const together = await measureTogether(given);
  const memory = await measureMemory(given);
  writePart(values.out, document({ serving, loops, files, together, memory }));
  report(`Written: ${values.out}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

function document({ serving, loops, files, together, memory }) {
  const gib = (bytes) => `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
  const cloneTable = (figures) =>
    table(figures, disk.usedBytes, {
      'of the limit': LIMIT,
      '× qemu-img': QEMU,
      '× partclone': PARTCLONE,
      'of reading both': READ_LIMIT,
    });
  return `# Performance

Written by \`npm run bench -- --rounds ${rounds}\`, ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, interleaved; medians. Higher ratios are better.

What is cloned: an ext4 volume of ${gib(disk.size)} with ${values.gib} GiB of files of \`/usr\`, ${gib(disk.usedBytes)} of it allocated. Before each run everything is flushed and dropped from
the page cache, but for the programs themselves; the target's flush is within each time. The limit is fio reading ${gib(disk.denseBytes)} and writing as many at once, by direct requests of 1 MiB, 16 in flight. fio's memory lies in small pages, so that its requests are split where a device takes fewer
segments than they have, as those of the others are; Diskwright's lies in huge pages, and its requests are not, so that it can pass that limit. The source is a sparse file: who reads free
space too has it almost for nothing here, and would not on a disk. CPU is that of the whole machine, with the kernel's threads; MiB/s and CPU count allocated bytes. Diskwright hashes what it copies (BLAKE3), which none of the others does, unless it is told \`--no-digests\`.

## From loop device to loop device

The target's file is allocated; both devices pass the page cache by.

${cloneTable(loops)}

## From file to new file

${cloneTable(files)}

"${DELTA}" has the volume on its target already: it is to be compared with reading both.

## To several targets at once

From a loop device to loop devices, all on one disk, not verified. What one job reads the others take from it.

${togetherTable(together)}

## Memory

Cloning from file to file, verified: ${(memory.pss / 1e6).toFixed(0)} MB of PSS at most, in ${memory.processes} processes.

## Serving by NBD

${gib(disk.denseBytes)} in the page cache, read by \`nbdcopy URI null:\`.

${table(serving, disk.denseBytes, { '× qemu-nbd': 'qemu-nbd -r -e 16' })}
`;
}
