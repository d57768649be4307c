import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';
import { reasonOf } from '../systemError';

const KEY = /^[a-z][a-zA-Z0-9-]{0,63}$/;
const MAX_BYTES = 1024 * 1024;

/** What windows keep for each other and for later, a JSON value by key, in `workbench/<key>.json` of the data folder. */
export class StateStore {
  constructor(private readonly dataFolder: string) {}

  /** Null when there is none; what is broken counts as not being there, since a window must open all the same. */
  async read(key: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.folder(), fileName(key)), 'utf8')) as unknown;
    } catch (error) {
      if (error instanceof InvalidInputError) throw error;
      return null;
    }
  }

  /** Whole or not at all; null takes it away. @throws InvalidInputError when it is larger than 1 MiB, FailedError when it cannot be written */
  async write(key: string, value: unknown): Promise<void> {
    const path = join(ensureFolder(this.folder()), fileName(key));
    const text = JSON.stringify(value);
    if (Buffer.byteLength(text) > MAX_BYTES) throw new InvalidInputError(`the state "${key}" is larger than ${MAX_BYTES} bytes`);
    try {
      if (value === null) await rm(path, { force: true });
      else await replaceFile(path, text);
    } catch (error) {
      throw new FailedError(`the state of the window cannot be kept in ${path}: ${reasonOf(error)}`);
    }
  }

  private folder(): string {
    return join(this.dataFolder, 'workbench');
  }
}

function fileName(key: string): string {
  if (!KEY.test(key)) throw new InvalidInputError(`"${key}" is no name for a state`);
  return `${key}.json`;
}
