import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from './seededRandom';

const mebibyte = 1024 * 1024;

/** Names of every kind: bytes that are no UTF-8, long ones, ones that look like something else. */
const names = [
  Buffer.from('plain'),
  Buffer.from('with spaces and "quotes" \\ back'),
  Buffer.from('Ünïcødé 文件 🗂'),
  Buffer.from([0x6e, 0x6f, 0xff, 0xfe, 0x75]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from('\\xc3'),
  Buffer.from('line\nbreak\ttab'),
  Buffer.from('...'),
  Buffer.from('-rf'),
  Buffer.from('n'.repeat(255)),
  Buffer.from('🗂'.repeat(63)),
];

const at = (folder: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name]);

/** Fills a folder of a mounted filesystem: names, links, holes, unwritten and fragmented files, special files, times, deep folders. */
export function makeTree(folder: string, seed: number, largest = 2 * mebibyte): void {
  const random = new SeededRandom(seed);
  mkdirSync(join(folder, 'names'));
  names.forEach((name, index) => writeFileSync(at(join(folder, 'names'), name), random.bytes(index * 37)));
  mkdirSync(at(folder, Buffer.from([0x64, 0xe9])));
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x64, 0xe9]), Buffer.from('/inside')]), 'x');
  makeDeep(folder);
  makeLinks(folder);
  makeSizes(join(folder, 'sizes'), random, largest);
  makeHoles(folder, random);
  makeFragments(join(folder, 'fragments'), random);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  execFileSync('mknod', [join(folder, 'null'), 'c', '1', '3']);
  execFileSync('mknod', [join(folder, 'disk'), 'b', '8', '300']);
  writeFileSync(join(folder, 'old'), 'before 1970');
  utimesSync(join(folder, 'old'), -1e9, -1e9);
  writeFileSync(join(folder, 'set'), 'id', { mode: 0o6755 });
}

function makeDeep(folder: string): void {
  let deep = folder;
  for (let level = 0; level < 60; level++) mkdirSync((deep = join(deep, `level ${level}`)));
  writeFileSync(join(deep, 'bottom'), 'reached');
}

function makeLinks(folder: string): void {
  writeFileSync(join(folder, 'linked'), 'one content');
  mkdirSync(join(folder, 'links'));
  for (let index = 0; index < 5; index++) linkSync(join(folder, 'linked'), join(folder, 'links', `hard${index}`));
  for (const length of [1, 59, 60, 61, 255, 1000]) symlinkSync('t'.repeat(length), join(folder, 'links', `soft${length}`));
  symlinkSync(Buffer.from([0x2f, 0xff, 0x2f, 0x61]), join(folder, 'links', 'bytes'));
}

function makeSizes(folder: string, random: SeededRandom, largest: number): void {
  mkdirSync(folder);
  for (const size of [0, 1, 59, 60, 61, 100, 155, 1023, 1024, 1025, 4096, 12 * 1024, 13 * 1024, 300_000, largest])
    writeFileSync(join(folder, `bytes ${size}`), random.bytes(size));
}

function makeHoles(folder: string, random: SeededRandom): void {
  const file = openSync(join(folder, 'holes'), 'w');
  for (const offset of [0, 70_000, 300_000, 5 * mebibyte, 70 * mebibyte]) writeSync(file, random.bytes(5000), 0, 5000, offset);
  ftruncateSync(file, 71 * mebibyte + 17);
  closeSync(file);
  writeFileSync(join(folder, 'all hole'), '');
  truncateSync(join(folder, 'all hole'), 3 * 2 ** 32 + 5);
}

/** Small files that are deleted every second, then one that gets what is left. */
function makeFragments(folder: string, random: SeededRandom): void {
  mkdirSync(folder);
  for (let index = 0; index < 300; index++) writeFileSync(join(folder, String(index)), random.bytes(1 + random.integer(9000)));
  for (let index = 0; index < 300; index += 2) rmSync(join(folder, String(index)));
  const files = [0, 1].map((index) => openSync(join(folder, `pieces ${index}`), 'w'));
  for (let round = 0; round < 60; round++) for (const file of files) writeSync(file, random.bytes(3000));
  files.forEach(closeSync);
}
