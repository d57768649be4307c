import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '@diskwright/sdk/testing';
import { run, type FatImage } from './fatImage';

/** Scripts of the basic plane; the others no tool here writes. */
const ALPHABETS = [
  'abcXYZ019',
  'äöüßéñÅ',
  'αβγΔΩ',
  'абвЖЯ',
  'אבגד',
  'مرحبا',
  'हिन्दी',
  '漢字仮名交じり',
  '한국어',
  '  _-+=,;!@#',
  'ЁђѓєѕІ',
];
/** More entries than a cluster of 512 bytes holds mtools does not make at once. */
const LONGEST_NAME = 180;
const DEEPEST = 8;

/** Writes files with names of many scripts and lengths, up to `largest` bytes, in directories within each other, with times from 1980 to 2036. */
export function makeTree(image: FatImage, random: SeededRandom, largest: number): void {
  const root = join(image.folder, 'tree');
  mkdirSync(root);
  const folders = [root];
  for (let index = 0; index < DEEPEST; index++) {
    const folder = join(folders.at(-1)!, nameOf(random, index, 20));
    mkdirSync(folder);
    folders.push(folder);
  }
  for (let index = 0; index < 60; index++) {
    // A host takes 255 bytes.
    const name = nameOf(random, index, index % 10 === 0 ? 80 : 25);
    const path = join(random.pick(folders), name);
    writeFileSync(path, random.bytes(random.chance(0.1) ? 0 : random.integer(random.chance(0.2) ? largest : 3000)));
    const seconds =
      Date.UTC(1980 + random.integer(57), random.integer(12), 1 + random.integer(28)) / 1000 + random.integer(86_400);
    utimesSync(path, seconds, seconds);
  }
  for (let index = 0; index < 3; index++) writeFileSync(join(root, `${'n'.repeat(LONGEST_NAME - 1)}${index}`), 'long');
  run('mcopy', ['-i', image.path, '-s', '-m', root, '::/']);
}

function nameOf(random: SeededRandom, index: number, longest: number): string {
  const letters = [...random.pick(ALPHABETS)];
  const length = 1 + random.integer(longest);
  return `${index} is long ${Array.from({ length }, () => random.pick(letters)).join('')}x`;
}
