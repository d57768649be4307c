import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const PLACE = join('test', 'fixtures', 'volumes');
const FOLDER = join(above(__dirname), PLACE);

/** The bundle of the recipes lies elsewhere than this file. */
function above(folder: string): string {
  return existsSync(join(folder, PLACE)) || folder === dirname(folder) ? folder : above(dirname(folder));
}

const unpacked = new Map<number, Buffer>();

/** A physical volume of a group with volumes of all kinds, which LVM made on the kernel's device mapper; see test/fixtures/volumes/README.md. The caller's own. */
export function member(index: 0 | 1 | 2): Buffer {
  const bytes = unpacked.get(index) ?? gunzipSync(readFileSync(join(FOLDER, `group.${index}.img.gz`)));
  unpacked.set(index, bytes);
  return Buffer.from(bytes);
}

/** What is recorded of that group, lines of `facts.txt` that begin with `word`, in words. */
export function facts(word: string): string[][] {
  const lines = readFileSync(join(FOLDER, 'facts.txt'), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith(word)).map((line) => line.trim().split(' '));
}
