import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../files/replaceFile';
import { ensureFolder } from '../paths';

const FORMAT = 'diskwright-devices/1';
interface Stored {
  format: typeof FORMAT;
  opened: string[];
  /** By path. */
  sizes: Record<string, number>;
}
/** More than anybody looks through. */
const MAX_NAMES = 256;

/** What was opened by name, and how large it was then; null when that was not kept. */
export interface OpenedName {
  /** Absolute, or an NBD URI. */
  path: string;
  size: number | null;
}

/**
 * The images and exports that the user opened by name, the last added first. Kept in a file, which is read each time: other windows and other hosts on
 * the same data folder change it as well.
 */
export class OpenedNames {
  /** Changes go one after the other, or one would undo the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** A missing or broken file means none. */
  async list(): Promise<OpenedName[]> {
    try {
      const stored = JSON.parse(await readFile(this.file, 'utf8')) as Partial<Record<keyof Stored, unknown>>;
      const { format, opened } = stored;
      if (format !== FORMAT || !Array.isArray(opened)) return [];
      const sizes = new Map(Object.entries(stored.sizes ?? {}));
      return opened
        .filter((path): path is string => typeof path === 'string')
        .slice(0, MAX_NAMES)
        .map((path) => ({ path, size: sizeOf(sizes.get(path)) }));
    } catch {
      return [];
    }
  }

  /** One that is there keeps its place and gets the size. */
  add(name: OpenedName): Promise<void> {
    return this.change((names) => {
      const at = names.findIndex(({ path }) => path === name.path);
      return at < 0 ? [name, ...names] : names.with(at, name);
    });
  }

  remove(path: string): Promise<void> {
    return this.change((names) => names.filter((other) => other.path !== path));
  }

  private change(edit: (names: OpenedName[]) => OpenedName[]): Promise<void> {
    const changed = this.turn.then(async () => {
      const names = await this.list();
      await this.write(edit(names).slice(0, MAX_NAMES));
    });
    this.turn = changed.catch(() => undefined);
    return changed;
  }

  private async write(names: OpenedName[]): Promise<void> {
    const stored: Stored = {
      format: FORMAT,
      opened: names.map(({ path }) => path),
      sizes: Object.fromEntries(names.flatMap(({ path, size }) => (size === null ? [] : [[path, size]]))),
    };
    ensureFolder(dirname(this.file));
    await replaceFile(this.file, `${JSON.stringify(stored, null, 1)}\n`);
  }
}

const sizeOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
