import { readOrNull } from '../salvage';
import type { DirectoryTree, TreeInode } from './directoryTree';

const MAX_NAMES = 17;
/** Longer ones lose their middle: a path must fit a message, and a user's eye. */
const LONGEST_PATH = 60_000;
const CONCURRENT_DIRECTORIES = 8;

/** A name of an inode in a directory. */
interface Link {
  parent: number;
  text: string;
  raw: Buffer;
  isText: boolean;
}

/** A path from the root. */
export interface FoundPath {
  path: string;
  /** The bytes, where the path is no valid text. */
  raw?: Buffer;
}

/** How a node is called that no directory names. */
export const unnamed = (inode: number): string => `<inode ${inode}>`;

/**
 * Finds the paths of inodes. Where there is no way from a file to its directory, directories are read until every link of every inode was seen, those near the
 * inodes first. From a directory up its `..` leads.
 */
export class PathFinder<Inode extends TreeInode> {
  private readonly links = new Map<number, Link[]>();

  constructor(
    private readonly tree: DirectoryTree<Inode>,
    private readonly signal: AbortSignal,
  ) {}

  /** All paths of the inodes, at most 17 each; nothing for those that no directory names. */
  async find(inodes: readonly Inode[]): Promise<Map<number, FoundPath[]>> {
    await this.findLinks(inodes.filter(({ type }) => type !== 'directory'));
    const directories = new Set(inodes.filter(({ type }) => type === 'directory').map(({ number }) => number));
    for (const links of this.links.values()) for (const { parent } of links) directories.add(parent);
    await this.findDirectories(directories);
    return new Map(inodes.map(({ number }) => [number, this.pathsOf(number)]));
  }

  private async findLinks(files: readonly Inode[]): Promise<void> {
    const wanted = new Map(files.map(({ number, links }) => [number, links]));
    let missing = files.reduce((sum, { links }) => sum + links, 0);
    if (missing === 0) return;
    for await (const inodes of this.tree.scan(files[0]!.number, this.signal)) {
      const directories = inodes.filter(({ type }) => type === 'directory');
      const work = async (): Promise<void> => {
        for (let directory = directories.pop(); directory && missing > 0; directory = directories.pop())
          missing -= await this.collect(directory, (inode) => wanted.has(inode));
      };
      await Promise.all(Array.from({ length: CONCURRENT_DIRECTORIES }, work));
      if (missing <= 0) return;
    }
  }

  /** Notes the names in a directory that are wanted, and counts them. What cannot be read of it hides no other directory. */
  private async collect(directory: Inode, isWanted: (inode: number) => boolean): Promise<number> {
    let found = 0;
    await readOrNull(async () => {
      for await (const { inode, text, raw, isText } of this.tree.namesIn(directory, this.signal)) {
        if (!isWanted(inode)) continue;
        found++;
        const links = this.links.get(inode) ?? [];
        if (links.length === 0) this.links.set(inode, links);
        if (links.length < MAX_NAMES) links.push({ parent: directory.number, text, raw: Buffer.from(raw), isText });
      }
    });
    return found;
  }

  /** The names of directories, level by level up to the root; a directory is read once for all that are looked for in it. */
  private async findDirectories(directories: Iterable<number>): Promise<void> {
    const looked = new Set<number>([this.tree.rootInode]);
    let level = new Set(directories);
    while (level.size > 0) {
      const wanted = [...level].filter((number) => !looked.has(number));
      wanted.forEach((number) => looked.add(number));
      const parents = await this.parentsOf(wanted);
      const records = await this.recordsOf(parents.keys());
      const work = async (): Promise<void> => {
        for (let parent = records.pop(); parent; parent = records.pop()) {
          const children = parents.get(parent.number)!;
          await this.collect(parent, (inode) => children.has(inode) && !this.links.has(inode));
        }
      };
      await Promise.all(Array.from({ length: CONCURRENT_DIRECTORIES }, work));
      level = new Set(parents.keys());
    }
  }

  private async parentsOf(directories: readonly number[]): Promise<Map<number, Set<number>>> {
    const parents = new Map<number, Set<number>>();
    for (const directory of await this.recordsOf(directories)) {
      const parent = await readOrNull(() => this.tree.parentOf(directory, this.signal));
      if (parent === null || parent === directory.number) continue;
      const children = parents.get(parent);
      if (children) children.add(directory.number);
      else parents.set(parent, new Set([directory.number]));
    }
    return parents;
  }

  private async recordsOf(numbers: Iterable<number>): Promise<Inode[]> {
    const records = (await readOrNull(() => this.tree.readMany(numbers, this.signal))) ?? new Map<number, Inode>();
    return [...records.values()].filter(({ type }) => type === 'directory');
  }

  private pathsOf(inode: number): FoundPath[] {
    if (inode === this.tree.rootInode) return [{ path: '/' }];
    const paths = (this.links.get(inode) ?? []).map((link) => this.pathOf(link));
    // Directories are read at the same time, and found in another order each time.
    return paths.sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  private pathOf(last: Link): FoundPath {
    const parts: Link[] = [last];
    const seen = new Set<number>();
    let top = last.parent;
    // Damaged directories may hold each other.
    while (top !== this.tree.rootInode && !seen.has(top)) {
      seen.add(top);
      const [link] = this.links.get(top) ?? [];
      if (!link) break;
      parts.unshift(link);
      top = link.parent;
    }
    const start = top === this.tree.rootInode ? '' : unnamed(top);
    const path = shortened(`${start}/${parts.map(({ text }) => text).join('/')}`);
    if (parts.every(({ isText }) => isText)) return { path };
    const raw = Buffer.concat([Buffer.from(start), ...parts.flatMap((part) => [Buffer.from('/'), part.raw])]);
    return raw.length > LONGEST_PATH ? { path } : { path, raw };
  }
}

function shortened(path: string): string {
  const half = LONGEST_PATH / 2;
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, half)}…${path.slice(-half)}`;
}
