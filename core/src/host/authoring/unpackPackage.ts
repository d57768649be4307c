import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { unpackArchive } from '../plugins/store/loadPackages';

/** Unpacks a package into a folder that is made, by the rules of its installation, and answers the folder. @throws RefusedError where it is none */
export async function unpackPackage(file: string, folder: string, signal: AbortSignal): Promise<string> {
  await mkdir(folder);
  await unpackArchive(resolve(file), folder, signal);
  return folder;
}
