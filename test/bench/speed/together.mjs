// The sample volume cloned to one and to several loop devices at once, cold, interleaved; all lie on one disk.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, run } from '../run.mjs';
import { ownCloneTogether } from './cloneContenders.mjs';
import { makeCold, readBytes, withLoops, writtenBytes } from './machine.mjs';

const COUNT = 4;
const GIB = 1024 ** 3;

/** @returns by how many targets there were, a list of `{milliseconds, written, read}` */
export async function measureTogether({ folder, disk, rounds, home, report }) {
  const figures = { 1: [], [COUNT]: [] };
  for (let round = 0; round < rounds; round++) {
    for (const count of [1, COUNT]) {
      const figure = await cloneOnto(count, folder, disk, { DISKWRIGHT_HOME: home });
      figures[count].push(figure);
      report(`together: ${count}: ${(figure.milliseconds / 1000).toFixed(2)} s`);
    }
  }
  return figures;
}

/** The figures as Markdown. */
export function togetherTable(figures) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const of = (count, what) => median(figures[count].map(what));
  const perByte = (count) => of(count, ({ milliseconds, written }) => milliseconds / written);
  const rows = [1, COUNT].map((count) => [
    count,
    (of(count, ({ milliseconds }) => milliseconds) / 1000).toFixed(2),
    (of(count, ({ written }) => written) / GIB).toFixed(2),
    (of(count, ({ read }) => read) / GIB).toFixed(2),
    (1000 / perByte(count) / 1024 ** 2).toFixed(0),
    (perByte(count) / perByte(1)).toFixed(2),
  ]);
  const headings = [
    'targets',
    'median s',
    'GiB written',
    'GiB read of the source',
    'MiB/s written',
    'time per written byte, × one target',
  ];
  return [line(headings), line(headings.map(() => '---:')), ...rows.map(line)].join('\n');
}

async function cloneOnto(count, folder, { volume, size }, env) {
  const targets = Array.from({ length: count }, (_, index) => join(folder, `together-${index}.img`));
  try {
    for (const target of targets) {
      rmSync(target, { force: true });
      execFileSync('fallocate', ['--length', String(size), target]);
    }
    const files = [{ path: volume, readOnly: true }, ...targets.map((path) => ({ path }))];
    return await withLoops(files, async ([source, ...nodes]) => {
      makeCold([source, ...nodes]);
      const before = nodes.map(writtenBytes);
      const readBefore = readBytes(source);
      const [command, args] = ownCloneTogether({ source, targets: nodes }, '--no-verify');
      const { milliseconds } = await run(command, args, { env });
      const written = nodes.reduce((sum, node, index) => sum + writtenBytes(node) - before[index], 0);
      return { milliseconds, written, read: readBytes(source) - readBefore };
    });
  } finally {
    for (const target of targets) rmSync(target, { force: true });
  }
}
