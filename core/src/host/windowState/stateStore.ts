import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import { Turns } from '../../common/flow/turns';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';
import { reasonOf } from '../systemError';

const KEY = /^[a-z][a-zA-Z0-9-]{0,63}$/;
const MAX_BYTES = 1024 * 1024;
/** About ten, and one for each device with staged changes. */
const MAX_KEYS = 1024;
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;
/** Each costs a few times its length in memory until it is parsed. */
const READ_AT_ONCE = 4;

/** What windows keep for each other and for later, a JSON value by key, in `workbench/<key>.json` of the data folder. */
export class StateStore {
  /** Writes go one after the other, so that each counts what was kept before. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly reading = new Turns(READ_AT_ONCE);

  constructor(private readonly dataFolder: string) {}

  /** Null when there is none; what is broken counts as not being there, since a window must open all the same. */
  async read(key: string): Promise<unknown> {
    const path = join(this.folder(), fileName(key));
    return this.reading.run(async () => JSON.parse(await readFile(path, 'utf8')) as unknown).catch(() => null);
  }

  /**
   * Whole or not at all; null takes it away.
   * @throws InvalidInputError when it is larger than 1 MiB, or with the others more than 1024 or 32 MiB; FailedError when it cannot be written
   */
  write(key: string, value: unknown): Promise<void> {
    const written = this.turn.then(() => this.writeNow(key, value));
    this.turn = written.catch(() => undefined);
    return written;
  }

  private async writeNow(key: string, value: unknown): Promise<void> {
    const name = fileName(key);
    const path = join(ensureFolder(this.folder()), name);
    const text = JSON.stringify(value);
    if (value !== null) await this.requireRoom(name, Buffer.byteLength(text));
    try {
      if (value === null) await rm(path, { force: true });
      else await replaceFile(path, text);
    } catch (error) {
      throw new FailedError(`the state of the window cannot be kept in ${path}: ${reasonOf(error)}`);
    }
  }

  private async requireRoom(name: string, bytes: number): Promise<void> {
    if (bytes > MAX_BYTES) throw new InvalidInputError(`the state in ${name} is larger than ${MAX_BYTES} bytes`);
    const others = (await readdir(this.folder())).filter((other) => other.endsWith('.json') && other !== name);
    const sizes = await Promise.all(others.map((other) => sizeOf(join(this.folder(), other))));
    const total = sizes.reduce((sum, size) => sum + size, bytes);
    if (others.length < MAX_KEYS && total <= MAX_TOTAL_BYTES) return;
    throw new InvalidInputError(
      `windows keep at most ${MAX_KEYS} states of ${MAX_TOTAL_BYTES} bytes together; with ${name} it would be ${others.length + 1} of ${total}`,
      { todo: `What is not needed in ${this.folder()} can be deleted there.` },
    );
  }

  private folder(): string {
    return join(this.dataFolder, 'workbench');
  }
}

/** 0 for what was taken away meanwhile. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function fileName(key: string): string {
  if (!KEY.test(key)) throw new InvalidInputError(`"${key}" is no name for a state`);
  return `${key}.json`;
}
