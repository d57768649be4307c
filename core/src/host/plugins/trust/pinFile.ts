import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
import { replaceFile } from '../../files/replaceFile';
import { withFileLock } from '../../settings/fileLock';
import type { Pins } from './verifyPackage';

/** The vendor key of each plugin that was installed, in `pluginKeys.json` of the data folder. */
export class PinFile {
  private readonly path: string;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'pluginKeys.json');
  }

  /** @throws FailedError when the file is damaged: to go on would take any key for a new one */
  async read(): Promise<Pins> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw new FailedError(`${this.path} cannot be read: ${error.message}`);
    });
    try {
      const value = JSON.parse(text) as unknown;
      if (isPins(value)) return value;
    } catch {
      // Falls through: the same answer for no JSON and for the wrong JSON.
    }
    throw new FailedError(`${this.path} is damaged`, {
      todo: 'Restore it, or remove it to have the keys of vendors pinned anew with the next installations.',
    });
  }

  /** Pins the key with which a plugin was installed, after whatever consent it needed; null: it was not signed. */
  async pin(id: string, publicKey: string | null): Promise<void> {
    await withFileLock(this.path, async () => {
      const pins = new Map(Object.entries(await this.read())).set(id, publicKey);
      await replaceFile(this.path, `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`, { flush: true });
    });
  }
}

function isPins(value: unknown): value is Pins {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((key) => key === null || typeof key === 'string');
}
