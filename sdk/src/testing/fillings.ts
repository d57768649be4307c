import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from './seededRandom';

const GIBIBYTE = 1024 ** 3;
const PIECES = [4 * 1024 * 1024, 64 * 1024, 1000];
const MOST_SMALL_FILES = 1200;
const LARGEST_SMALL_BYTES = 3000;
const GROWING_ROUNDS = 500;

/** Whether there was room. */
function hasRoomFor(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

/** Writes files into a mounted filesystem, smaller and smaller ones, until there is no room. */
export function fillUp(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  const noise = random.bytes(PIECES[0]!);
  let count = 0;
  for (const bytes of PIECES)
    while (hasRoomFor(() => writeFileSync(join(folder, `filling ${count}`), noise.subarray(random.integer(bytes / 2), bytes))))
      count++;
  rmSync(join(folder, `filling ${count}`), { force: true });
}

/** Small files, what is left filled, every second of the small ones deleted, and two files that grow in the holes by turns. */
export function fragmentFiles(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  mkdirSync(join(folder, 'small'));
  const small = Array.from({ length: MOST_SMALL_FILES }, (_, index) => join(folder, 'small', `f${index}`));
  for (const path of small)
    if (!hasRoomFor(() => writeFileSync(path, random.bytes(1 + random.integer(LARGEST_SMALL_BYTES))))) break;
  fillUp(folder, seed);
  for (let index = 0; index < small.length; index += 2) rmSync(small[index]!, { force: true });
  const files = [0, 1].map((index) => openSync(join(folder, `pieces ${index}`), 'w'));
  try {
    for (let round = 0; round < GROWING_ROUNDS; round++)
      if (!hasRoomFor(() => writeSync(files[round % 2]!, random.bytes(1500)))) break;
  } finally {
    files.forEach(closeSync);
  }
}

/** Files whose names have characters of every plane of Unicode. */
export function writeEveryPlane(folder: string): void {
  for (let plane = 0; plane <= 16; plane++)
    for (const offset of [0x21, 0x3b1, 0x1234, 0xff00]) {
      const name = String.fromCodePoint(plane * 0x10000 + offset);
      writeFileSync(join(folder, `${name} plane ${plane}`), name);
    }
}

const DEEP = 50;

/** Folders within each other, and a file in the innermost. */
export function writeDeepFolders(folder: string): void {
  let inner = folder;
  for (let level = 0; level < DEEP; level++) mkdirSync((inner = join(inner, `level ${level}`)));
  writeFileSync(join(inner, 'bottom'), 'reached');
}

/** So many empty files in one folder. */
export function writeManyFiles(folder: string, count: number): void {
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < count; index++) writeFileSync(join(folder, 'many', `${index} of many`), '');
}

/** A file of 900 GiB that is nearly all holes, with data in front, above 4 GiB, far behind and at its end. */
export function writeFarAway(folder: string): void {
  const file = openSync(join(folder, 'far away'), 'w');
  for (const offset of [0, 5 * GIBIBYTE, 40 * GIBIBYTE + 12_345, 900 * GIBIBYTE - 8])
    writeSync(file, Buffer.from('far away'), 0, 8, offset);
  closeSync(file);
}
