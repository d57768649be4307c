// Cloning a larger disk beside qemu-img: what a clone costs once is less of it. Writes its part of docs/performance.md. Needs root, and thrice the content's room.
// Arguments: --rounds N (5), --gib N of files (12), --folder PATH, in which the sample is kept; --out FILE.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePart } from './document.mjs';
import { root } from './run.mjs';
import { OWN, QEMU } from './speed/cloneContenders.mjs';
import { LIMIT, measureClones } from './speed/cloning.mjs';
import { describeMachine } from './speed/machine.mjs';
import { sampleDisk } from './speed/sampleDisk.mjs';
import { table } from './speed/tables.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    gib: { type: 'string', default: '12' },
    folder: { type: 'string', default: join(root, '.cache', 'bench') },
    out: { type: 'string', default: join(root, 'docs', 'performance.md') },
  },
});
const rounds = Number(values.rounds);
const report = (line) => process.stderr.write(`${line}\n`);

report(`Sample in ${values.folder} …`);
const disk = sampleDisk(values.folder, Number(values.gib));
const home = mkdtempSync(join(values.folder, 'home-'));
try {
  const given = { folder: values.folder, disk, rounds, home, report, only: [LIMIT, OWN, QEMU] };
  const [loops, files] = [await measureClones('loops', given), await measureClones('files', given)];
  writePart(values.out, document(loops, files));
  report(`Written: ${values.out}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

function document(loops, files) {
  const cloneTable = (figures) => table(figures, disk.usedBytes, { 'of the limit': LIMIT, '× qemu-img': QEMU });
  return `# Cloning a larger disk

Written by \`node test/bench/largeClone.mjs --rounds ${rounds}\`, ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, interleaved; medians; as above, with ${(disk.usedBytes / 1024 ** 3).toFixed(2)} GiB allocated of ${disk.size / 1024 ** 3}.
Starting and planning take Diskwright the same processor time whatever the size is, so a GiB of a larger disk costs less.

## From loop device to loop device, larger

${cloneTable(loops)}

## From file to new file, larger

${cloneTable(files)}
`;
}
