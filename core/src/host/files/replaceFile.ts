import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Makes or replaces a text file, whole or not at all, for its owner alone. Its folder must exist.
 * @param flush whether it is to be on the disk before it takes the old one's place, for what must outlast a loss of power
 * @throws what the system says; nothing stays beside the file then
 */
export async function replaceFile(path: string, text: string, { flush = false } = {}): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
