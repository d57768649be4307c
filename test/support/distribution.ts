/** The built Diskwright with other plugins than the built-in ones. */
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectFolder } from './cli';
import { unpackPlugin } from './vendorFolder';

export const packedPlugins = join(projectFolder, 'dist', 'packed');

/**
 * Makes `folder` a distribution: links to all of `dist` but its plugins, and a folder `plugins` of its own.
 * @param archives packages to unpack there, each into a folder of its name
 * @returns the environment by which the command line uses it
 */
export async function makeDistribution(folder: string, archives: string[]): Promise<{ DISKWRIGHT_DIST: string }> {
  await mkdir(join(folder, 'plugins'), { recursive: true });
  const built = join(projectFolder, 'dist');
  for (const name of await readdir(built)) if (!name.startsWith('plugins')) await symlink(join(built, name), join(folder, name));
  for (const archive of archives) await unpackPlugin(archive, join(folder, 'plugins', basename(archive, '.tgz')));
  return { DISKWRIGHT_DIST: folder };
}

/** The packages of the built-in plugins. */
export async function builtInPackages(): Promise<string[]> {
  return (await readdir(packedPlugins)).filter((name) => name.endsWith('.tgz')).map((name) => join(packedPlugins, name));
}
