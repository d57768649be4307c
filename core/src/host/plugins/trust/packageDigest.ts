import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';

/** The file of a package's folder that holds its signature; all others are signed. */
export const SIGNATURE_FILE = 'diskwright.signature.json';

const MAX_FILES = 100_000;

/** A file of a package; `path` from its folder, with slashes. */
export interface SignedFile {
  path: string;
  content: Buffer;
}

/**
 * What a signature is over: a line for each file but the signature, sorted by path, of its SHA-512 in hexadecimal and its path. Modes and times are not in
 * it, since unpacking sets them.
 */
export function digestOfFiles(files: Iterable<SignedFile>): Buffer {
  const signed = [...files].filter(({ path }) => path !== SIGNATURE_FILE);
  const lines = signed.sort((a, b) => (a.path < b.path ? -1 : 1)).map(lineOf);
  return Buffer.from(lines.join(''));
}

/**
 * As {@link digestOfFiles}, of an unpacked package, one file in memory at a time.
 * @throws InvalidInputError for anything but files and folders
 */
export async function packageDigest(folder: string): Promise<Buffer> {
  const paths = await filesBelow(folder, '');
  const lines: string[] = [];
  for (const path of paths.sort()) lines.push(lineOf({ path, content: await readFile(join(folder, path)) }));
  return Buffer.from(lines.join(''));
}

function lineOf({ path, content }: SignedFile): string {
  return `${createHash('sha512').update(content).digest('hex')} ${JSON.stringify(path)}\n`;
}

async function filesBelow(folder: string, below: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(join(folder, below))) {
    const path = below === '' ? name : `${below}/${name}`;
    if (path === SIGNATURE_FILE) continue;
    const kind = await lstat(join(folder, path));
    if (kind.isDirectory()) found.push(...(await filesBelow(folder, path)));
    else if (kind.isFile()) found.push(path);
    else throw new InvalidInputError(`the package holds ${path}, which is neither a file nor a folder`);
    if (found.length > MAX_FILES) throw new InvalidInputError(`the package holds more than ${MAX_FILES} files`);
  }
  return found;
}
