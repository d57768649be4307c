import { constants } from 'node:fs';
import { lstat, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import packlist from 'npm-packlist';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { PACKAGE_LIMITS, type PackageLimits } from './packageLimits';
import { PackageWriter, refused } from './packageWriter';

const EXECUTE_BITS = 0o111;

/**
 * Takes over the files of a folder that `npm pack` would put into its package, under the same rules as those of an archive.
 * @returns a digest of its content, see {@link PackageWriter.finish}
 * @throws InvalidInputError where it holds no package, RefusedError
 */
export async function copyFolder(
  source: string,
  folder: string,
  signal?: AbortSignal,
  limits: PackageLimits = PACKAGE_LIMITS,
): Promise<string> {
  const paths = await packlist({ path: source, package: await readManifest(source), isProjectRoot: true, edgesOut: new Map() });
  const writer = new PackageWriter(folder, limits);
  for (const path of paths.sort()) {
    signal?.throwIfAborted();
    const { content, mode } = await readPlainFile(join(source, path), path, (bytes) => writer.requireFile(path, bytes));
    await writer.addFile(path, content, (mode & EXECUTE_BITS) !== 0);
  }
  return writer.finish();
}

async function readManifest(folder: string): Promise<Record<string, unknown>> {
  const path = join(folder, 'package.json');
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    throw new Error('it is no object');
  } catch (error) {
    throw new InvalidInputError(`${folder} holds no package: package.json cannot be read: ${(error as Error).message}`, {
      todo: 'Name the folder of a plugin, which has a package.json.',
    });
  }
}

/** @param admit is asked with the size before anything is read */
async function readPlainFile(
  file: string,
  path: string,
  admit: (bytes: number) => void,
): Promise<{ content: Buffer; mode: number }> {
  const { isLink, isFile } = await lstat(file).then((state) => ({ isLink: state.isSymbolicLink(), isFile: state.isFile() }));
  if (isLink) throw refused(path, 'is a link; packages have none');
  if (!isFile) throw refused(path, 'is no file');
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mode } = await handle.stat();
    admit(size);
    return { content: await handle.readFile(), mode };
  } finally {
    await handle.close();
  }
}
