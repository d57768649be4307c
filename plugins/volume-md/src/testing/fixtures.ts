import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const PLACE = join('test', 'fixtures', 'volumes');
const FOLDER = join(above(__dirname), PLACE);

/** The bundle of the recipes lies elsewhere than this file. */
function above(folder: string): string {
  return existsSync(join(folder, PLACE)) || folder === dirname(folder) ? folder : above(dirname(folder));
}

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
