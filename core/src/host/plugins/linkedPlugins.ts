import { existsSync } from 'node:fs';
import { readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RefusedError } from '@diskwright/sdk/errors';
import { ensureFolder } from '../paths';

/** Links to the folders in which plugins are being written, by the plugins' ids. They are plugins of this installation as long as they are there. */
export const linkedFolder = (dataFolder: string): string => join(dataFolder, 'linked');

/** Where every host adds the messages of a linked plugin; null for one that nobody watches. */
export function traceFileOf(dataFolder: string, id: string): string | null {
  const file = tracePath(dataFolder, id);
  return existsSync(file) ? file : null;
}

const tracePath = (dataFolder: string, id: string): string => join(linkedFolder(dataFolder), `${id}.trace`);

export interface PluginLink {
  /** Empty at first. */
  traceFile: string;
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
  return { traceFile, dispose: async () => void (await Promise.all([link, traceFile].map((path) => rm(path, { force: true })))) };
}
