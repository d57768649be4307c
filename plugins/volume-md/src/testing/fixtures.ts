import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const FOLDER = join(import.meta.dirname, '../../../../test/fixtures/volumes');

/** A device of an array that the kernel's driver made; see test/fixtures/volumes/README.md. */
export function device(name: string): Buffer {
  return gunzipSync(readFileSync(join(FOLDER, `${name}.img.gz`)));
}

/** Size and SHA-256 of an array as the driver read it. */
export function fact(name: string): { size: number; hash: string } {
  const line = readFileSync(join(FOLDER, 'facts.txt'), 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name} `))!;
  const [, size, hash] = line.split(' ');
  return { size: Number(size), hash: hash! };
}
