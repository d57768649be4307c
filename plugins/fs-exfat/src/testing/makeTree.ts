import { mkdirSync, openSync, closeSync, ftruncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '@diskwright/sdk/testing';

/** Letters of many scripts, and of every plane. */
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
  '  _-+=[],;!@#',
  ...Array.from({ length: 16 }, (_, plane) => String.fromCodePoint((plane + 1) * 0x10000 + 0x345)),
];
const DEEPEST = 8;

/** Writes files with names of many scripts and lengths, up to `largest` bytes, in directories within each other, with times from 1980 to 2099: the
 * FUSE driver takes 2100 for a leap year. */
export function makeTree(folder: string, random: SeededRandom, largest: number): void {
  const folders = [folder];
  for (let index = 0; index < DEEPEST; index++) {
    const inner = join(folders.at(-1)!, nameOf(random, index, 20));
    mkdirSync(inner);
    folders.push(inner);
  }
  for (let index = 0; index < 60; index++) {
    const path = join(random.pick(folders), nameOf(random, index, index % 10 === 0 ? 60 : 25));
    writeFileSync(path, random.bytes(random.chance(0.1) ? 0 : random.integer(random.chance(0.2) ? largest : 3000)));
    const seconds =
      Date.UTC(1980 + random.integer(120), random.integer(12), 1 + random.integer(28)) / 1000 + random.integer(86_400);
    utimesSync(path, seconds, seconds);
  }
  for (let index = 0; index < 3; index++) writeFileSync(join(folder, `${'n'.repeat(254)}${index}`), 'long');
  // Behind what was written the driver keeps what is allocated as it is: there are zeros.
  const sparse = openSync(join(folder, 'written in part'), 'w');
  ftruncateSync(sparse, Math.floor(largest));
  closeSync(sparse);
}

function nameOf(random: SeededRandom, index: number, longest: number): string {
  const letters = [...random.pick(ALPHABETS)];
  const length = 1 + random.integer(longest);
  return `${index}${Array.from({ length }, () => random.pick(letters)).join('')}x`;
}
