import { DamagedStructureError } from '../errors';
import { startedAhead } from './startedAhead';

/** Deeper than any filesystem's path limit allows; a loop in damaged directories ends here. */
const MAX_DEPTH = 1024;
/** Directories that are read together: while one answer comes, the others are under way. */
const MOST_STARTED = 64;

/** A directory that a walk is to list. */
export interface PendingDirectory<Key> {
  /** By which the filesystem knows it. */
  key: Key;
  /** What the paths of its entries begin with: empty where the walk begins, otherwise with a slash at its end. */
  prefix: string;
  /** 0 where the walk begins. */
  depth: number;
  /** Of its name, where the text does not say all its bytes: those, in base64. */
  rawName?: string;
}

/** A directory that is being read. */
export interface StartedDirectory<Directory, Piece> {
  directory: Directory;
  /** What it holds. */
  pieces: AsyncIterable<Piece>;
}

/** The directories that a walk has met and not listed yet. Each is listed once: a damaged one may hold itself, more than once. */
export class PendingDirectories<Key, Directory extends PendingDirectory<Key>> {
  private readonly directories: Directory[];
  private readonly seen: Set<Key>;

  constructor(start: Directory) {
    this.directories = [start];
    this.seen = new Set([start.key]);
  }

  isNew(key: Key): boolean {
    return !this.seen.has(key);
  }

  add(directory: Directory): void {
    this.seen.add(directory.key);
    this.directories.push(directory);
  }

  /** The one that was met last; undefined at the end. @throws DamagedStructureError when it is nested deeper than can be */
  take(): Directory | undefined {
    const directory = this.directories.pop();
    if (directory && directory.depth > MAX_DEPTH) {
      const place = directory.prefix.slice(0, 200);
      throw new DamagedStructureError('directory', `directories are nested more than ${MAX_DEPTH} deep at ${place}`);
    }
    return directory;
  }

  /**
   * Some of those that {@link take} gives, all of which begin to be read.
   * @param piecesAhead how many pieces of each; the others are read when it is their turn
   */
  takeStarted<Piece>(
    read: (directory: Directory) => AsyncIterable<Piece>,
    piecesAhead: number,
  ): StartedDirectory<Directory, Piece>[] {
    const group: StartedDirectory<Directory, Piece>[] = [];
    while (group.length < MOST_STARTED) {
      const directory = this.take();
      if (!directory) break;
      group.push({ directory, pieces: startedAhead(read(directory), piecesAhead) });
    }
    return group;
  }
}
