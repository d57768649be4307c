import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';

const FORMAT = 'diskwright-devices/1';
/** More than anybody looks through. */
const MAX_NAMES = 256;

/**
 * The images and exports that the user opened by name, the last added first. Kept in a file, which is read each time: other windows and other hosts on
 * the same data folder change it as well.
 */
export class OpenedNames {
  /** Changes go one after the other, or one would undo the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** Absolute paths and NBD URIs. A missing or broken file means none. */
  async list(): Promise<string[]> {
    try {
      const { format, opened } = JSON.parse(await readFile(this.file, 'utf8')) as { format?: unknown; opened?: unknown };
      if (format !== FORMAT || !Array.isArray(opened)) return [];
      return opened.filter((name): name is string => typeof name === 'string').slice(0, MAX_NAMES);
    } catch {
      return [];
    }
  }

  add(name: string): Promise<void> {
    return this.change((names) => (names.includes(name) ? names : [name, ...names]));
  }

  remove(name: string): Promise<void> {
    return this.change((names) => (names.includes(name) ? names.filter((other) => other !== name) : names));
  }

  private change(edit: (names: string[]) => string[]): Promise<void> {
    const changed = this.turn.then(async () => {
      const names = await this.list();
      const edited = edit(names);
      if (edited !== names) await this.write(edited.slice(0, MAX_NAMES));
    });
    this.turn = changed.catch(() => undefined);
    return changed;
  }

  private async write(opened: string[]): Promise<void> {
    ensureFolder(dirname(this.file));
    await replaceFile(this.file, `${JSON.stringify({ format: FORMAT, opened }, null, 1)}\n`);
  }
}
