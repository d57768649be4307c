// Files of images beside other tools: listed, extracted, and images of all formats opened; writes its part of docs/performance.md. Needs root, and about
// 30 GiB beside the project for what it makes once.
// Arguments: --rounds N (5), --only PART[,PART] (listings, extractions, openings, allocation), --folder PATH, in which the samples are kept; --out FILE.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePart } from './document.mjs';
import { allocations, extractions, listings, openings } from './files/contenders.mjs';
import { measureAll } from './files/measuring.mjs';
import { halfFullTerabyte, imagesOf, volumesOfMany, volumesOfOne } from './files/samples.mjs';
import { filesDocument } from './files/tables.mjs';
import { root } from './run.mjs';

const FILES = 300_000;
const LARGE_BYTES = 1024 ** 3;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    folder: { type: 'string', default: join(root, '.cache', 'bench') },
    out: { type: 'string', default: join(root, 'docs', 'performance.md') },
  },
});
const { folder } = values;
const rounds = Number(values.rounds);
mkdirSync(folder, { recursive: true });
const report = (line) => process.stderr.write(`${line}\n`);
const isWanted = (part) => values.only === undefined || values.only.split(',').includes(part);

const home = mkdtempSync(join(folder, 'home-'));
const given = { rounds, env: { DISKWRIGHT_HOME: home }, into: join(home, 'output'), report };
const measured = {};
try {
  if (isWanted('listings')) {
    measured.listings = {};
    for (const [filesystem, volume] of Object.entries(volumesOfMany(folder, FILES))) {
      report(`Listing ${filesystem} …`);
      measured.listings[filesystem] = await measureAll(listings(volume), given);
    }
  }
  if (isWanted('extractions')) {
    measured.extractions = {};
    const target = join(home, 'extracted');
    const before = () => emptied(target);
    for (const [filesystem, volume] of Object.entries(volumesOfOne(folder, LARGE_BYTES))) {
      report(`Extracting from ${filesystem} …`);
      measured.extractions[filesystem] = await measureAll(extractions(filesystem, volume, target), { ...given, before });
    }
  }
  if (isWanted('openings')) {
    const { ext4, ...others } = volumesOfMany(folder, FILES);
    const images = { ...imagesOf(folder, ext4), ...others, 'ext4 of 1 TiB': halfFullTerabyte(folder) };
    report('Opening images …');
    measured.openings = await measureAll(openings(images), given);
  }
  if (isWanted('allocation')) {
    report('Allocation of a terabyte …');
    measured.allocation = await measureAll(allocations(halfFullTerabyte(folder)), given);
  }
  writePart(values.out, filesDocument(measured, { rounds, files: FILES, bytes: LARGE_BYTES }));
  report(`Written: ${values.out}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** The last one's output does not hold up the next one. */
function emptied(path) {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  execFileSync('sync');
}
