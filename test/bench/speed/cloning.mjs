// Clones of the sample volume by everyone, cold, interleaved: into a new file, and from loop device to loop device.
import { execFileSync } from 'node:child_process';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.mjs';
import { contenders, limit, ownClone, readLimit } from './cloneContenders.mjs';
import { busySeconds, makeCold, withLoops, writtenBytes } from './machine.mjs';

export const LIMIT = 'fio: as many bytes read and written at once';
export const READ_LIMIT = 'fio: as many bytes read twice at once';
export const DELTA = 'diskwright clone disk --delta, nothing has changed';

/**
 * Measures all rounds in one setting.
 * @param setting `files` or `loops`
 * @param only names of the contenders; all of them without it
 * @returns by contender, a list of `{milliseconds, cpuSeconds, written}`; `written` is null between files
 */
export async function measureClones(setting, { folder, disk, rounds, home, report, only }) {
  const figures = {};
  const note = (name, figure) => {
    (figures[name] ??= []).push(figure);
    report(`${setting}: ${name}: ${(figure.milliseconds / 1000).toFixed(2)} s`);
  };
  const inSetting = setting === 'files' ? betweenFiles : betweenLoops;
  const env = { DISKWRIGHT_HOME: home };
  const isWanted = (name) => only === undefined || only.includes(name);
  for (let round = 0; round < rounds; round++) {
    if (isWanted(LIMIT)) await inSetting(folder, disk, async (place) => note(LIMIT, await measure(limit(place), place)));
    const names = Object.keys(contenders({ source: '', target: '', isNew: setting === 'files' }));
    for (const name of names.filter(isWanted))
      await inSetting(folder, disk, async (place) => note(name, await measure(contenders(place)[name], place, env)));
    if (!isWanted(DELTA)) continue;
    await inSetting(folder, disk, async (place) => {
      await run(...ownClone(place, '--no-verify'), { env });
      note(DELTA, await measure(ownClone(place, '--no-verify', '--delta'), place, env));
      await run(...limit(place));
      note(READ_LIMIT, await measure(readLimit(place), place));
    });
  }
  return figures;
}

/** The largest PSS, in a run by itself: looking at it costs time. */
export async function measureMemory({ folder, disk, home }) {
  let peak = null;
  await betweenFiles(folder, disk, async (place) => {
    peak = await run(...ownClone(place), { env: { DISKWRIGHT_HOME: home }, memory: true });
  });
  return peak;
}

async function measure([command, args], { source, target, dense, isNew }, env = {}) {
  makeCold([source, target, dense]);
  const [busy, written] = [busySeconds(), isNew ? null : writtenBytes(target)];
  const { milliseconds } = await run(command, args, { env });
  return { milliseconds, cpuSeconds: busySeconds() - busy, written: isNew ? null : writtenBytes(target) - written };
}

async function betweenFiles(folder, { volume, size, dense, denseBytes }, action) {
  await withTarget(folder, (target) => {
    writeFileSync(target, '');
    truncateSync(target, size);
    return action({ source: volume, target, dense, denseBytes, isNew: true });
  });
}

async function betweenLoops(folder, { volume, size, dense, denseBytes }, action) {
  await withTarget(folder, async (target) => {
    // Allocated, as the sectors of a disk are.
    execFileSync('fallocate', ['--length', String(size), target]);
    const files = [{ path: volume, readOnly: true }, { path: dense, readOnly: true }, { path: target }];
    await withLoops(files, ([source, densely, node]) =>
      action({ source, target: node, dense: densely, denseBytes, isNew: false }),
    );
  });
}

async function withTarget(folder, action) {
  const target = join(folder, 'target.img');
  rmSync(target, { force: true });
  try {
    await action(target);
  } finally {
    rmSync(target, { force: true });
  }
}
