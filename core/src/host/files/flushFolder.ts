import { open } from 'node:fs/promises';

/** Brings the names in a folder to the disk, such as that of a file that was just made there. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
