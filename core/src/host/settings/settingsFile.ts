import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FailedError, StaleError } from '@diskwright/sdk/errors';
import { sha256 } from '../../common/plan';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';
import { reasonOf } from '../systemError';
import { withFileLock } from './fileLock';

/** The text of a file that the user edits, and what tells it from any other. */
export interface FileState {
  text: string;
  /** SHA-256 of the text in UTF-8. */
  digest: string;
}

/** A text file that this program, others of its kind, and the user's own editor change. */
export class SettingsFile {
  constructor(readonly path: string) {}

  /** A missing file is empty. @throws FailedError when it is there and cannot be read */
  async read(): Promise<FileState> {
    try {
      return stateOf(await readFile(this.path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return stateOf('');
      throw new FailedError(`${this.path} cannot be read: ${reasonOf(error)}`);
    }
  }

  /** Replaces the text, whole or not at all. @throws StaleError when the file is no longer the one of `digest` */
  write(text: string, digest: string): Promise<FileState> {
    return this.change((current) => {
      if (current.digest === digest) return text;
      throw new StaleError(`${this.path} was changed by somebody else meanwhile`, {
        todo: 'Look at the new text, and change that.',
      });
    });
  }

  /** Changes the text as it is then; nobody else changes it in between. */
  change(edit: (current: FileState) => string): Promise<FileState> {
    ensureFolder(dirname(this.path));
    return withFileLock(this.path, async () => {
      const current = await this.read();
      const text = edit(current);
      if (text !== current.text) await replace(this.path, text);
      return stateOf(text);
    });
  }
}

function stateOf(text: string): FileState {
  return { text, digest: sha256(Buffer.from(text, 'utf8')) };
}

async function replace(path: string, text: string): Promise<void> {
  await replaceFile(path, text, { flush: true }).catch((error: unknown) => {
    throw new FailedError(`${path} cannot be written: ${reasonOf(error)}`);
  });
}
