import { existsSync } from 'node:fs';
import { readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RefusedError } from '@diskwright/sdk/errors';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';

/** Links to the folders in which plugins are being written, by the plugins' ids. They are plugins of this installation as long as they are there. */
export const linkedFolder = (dataFolder: string): string => join(dataFolder, 'linked');

/** Where every host adds the messages of a linked plugin; null for one that nobody watches. */
export function traceFileOf(dataFolder: string, id: string): string | null {
  const file = tracePath(dataFolder, id);
  return existsSync(file) ? file : null;
}

/** Says which build is the newest; hosts that run go by it. */
const buildPath = (dataFolder: string, id: string): string => join(linkedFolder(dataFolder), `${id}.build`);

/** What stands for the build of a linked folder, by its link; empty before the first. */
export async function buildOf(link: string): Promise<string> {
  return readFile(`${link}.build`, 'utf8').catch(() => '');
}

const tracePath = (dataFolder: string, id: string): string => join(linkedFolder(dataFolder), `${id}.trace`);

export interface PluginLink {
  /** Empty at first. */
  traceFile: string;
  /** There is a build that hosts shall use from now on, in place of the one that they have. */
  built(fingerprint: string): Promise<void>;
  /** Takes the link away. */
  dispose(): Promise<void>;
}

/**
 * Makes a folder a plugin of this installation.
 * @throws RefusedError where another folder is linked under the same id
 */
export async function linkPlugin(dataFolder: string, id: string, folder: string): Promise<PluginLink> {
  const link = join(ensureFolder(linkedFolder(dataFolder)), id);
  const other = await readlink(link).catch(() => null);
  if (other !== null && other !== folder)
    throw new RefusedError(`${id} is linked to ${other} already`, {
      todo: `End its "plugin dev"; where it has died, remove ${link}.`,
    });
  if (other === null) await symlink(folder, link);
  const traceFile = tracePath(dataFolder, id);
  await writeFile(traceFile, '', { mode: 0o600 });
  const buildFile = buildPath(dataFolder, id);
  return {
    traceFile,
    built: (fingerprint) => replaceFile(buildFile, fingerprint),
    dispose: async () => void (await Promise.all([link, traceFile, buildFile].map((path) => rm(path, { force: true })))),
  };
}
