import type { FileName, NamePlace } from './fileSummary';

/** A directory that was met, or waits for the one above. */
interface KnownDirectory {
  sequence: number;
  /** From the root, with a slash at its end. */
  prefix: string;
}

/** What waits for its directory to be met. */
export interface WaitingDirectory<T> {
  number: number;
  sequence: number;
  name: FileName;
  item: T;
}

/** What has found its directory. */
export interface Placed<T> {
  /** Of its directory, with a slash at its end, or empty. */
  prefix: string;
  name: FileName;
  item: T;
}

/**
 * The paths of directories, which come in any order: one whose parent was not met yet waits for it. What hangs on itself, or on nothing, waits for ever: no path
 * leads there from the root.
 */
export class DirectoryPaths<T> {
  private readonly known = new Map<number, KnownDirectory>();
  private readonly waiting = new Map<number, WaitingDirectory<T>[]>();

  constructor(root: number, sequence: number) {
    this.known.set(root, { sequence, prefix: '' });
  }

  /** What the paths of entries of a directory begin with; undefined when it was not met, or was used again for another since the name was given. */
  prefixOf({ parent, parentSequence }: NamePlace): string | undefined {
    const directory = this.known.get(parent);
    return directory && (parentSequence === 0 || directory.sequence === parentSequence) ? directory.prefix : undefined;
  }

  /** Adds a directory. Answers it and all that waited for it, parents first, with what their paths begin with; nothing when it has to wait itself. */
  *add(directory: WaitingDirectory<T>): Generator<Placed<T>, void, undefined> {
    const pending = [directory];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const prefix = this.prefixOf(next.name);
      if (prefix === undefined) {
        const others = this.waiting.get(next.name.parent);
        if (others) others.push(next);
        else this.waiting.set(next.name.parent, [next]);
        continue;
      }
      if (this.known.has(next.number)) continue;
      this.known.set(next.number, { sequence: next.sequence, prefix: `${prefix}${next.name.text}/` });
      yield { prefix, name: next.name, item: next.item };
      const children = this.waiting.get(next.number);
      this.waiting.delete(next.number);
      if (children) pending.push(...children.reverse());
    }
  }
}
