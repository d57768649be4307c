import type { FileSummary } from '../files/fileSummary';
import { summariesOf } from '../files/summaries';
import type { MasterFileTable } from '../records/masterFileTable';
import { SystemRecord } from '../records/systemData';

/** Longer ones lose their middle: a path must fit a message, and a user's eye. */
const LONGEST_PATH = 60_000;

/** How a file is called that no directory names. */
export const unnamed = (record: number): string => `<file record ${record}>`;

/** Finds the paths of files: each file tells the directories that hold it. Keeps what it has read; made for one question. */
export class FilePaths {
  private readonly known = new Map<number, FileSummary>();

  constructor(
    private readonly table: MasterFileTable,
    private readonly signal: AbortSignal,
  ) {}

  /** Reads files and all directories above them. @throws what `read` throws */
  async read(files: Iterable<number>): Promise<void> {
    let level = new Set(files);
    while (level.size > 0) {
      const wanted = [...level].filter((number) => !this.known.has(number));
      const found = await summariesOf(this.table, wanted, this.signal);
      level = new Set();
      for (const [number, file] of found) {
        this.known.set(number, file);
        for (const { parent } of file.names) if (!this.known.has(parent)) level.add(parent);
      }
    }
  }

  /** What was read of a file; undefined when it is none, or not in use. */
  fileOf(record: number): FileSummary | undefined {
    return this.known.get(record);
  }

  /** All paths of a file that was read, from the root; none when no directory names it. */
  pathsOf(record: number): string[] {
    if (record === SystemRecord.ROOT) return ['/'];
    return (this.known.get(record)?.names ?? []).map(({ text, parent }) => this.pathFrom(text, parent));
  }

  private pathFrom(name: string, parent: number): string {
    const parts = [name];
    const seen = new Set<number>();
    let top = parent;
    // Damaged directories may hold each other.
    while (top !== SystemRecord.ROOT && !seen.has(top)) {
      seen.add(top);
      const link = this.known.get(top)?.names[0];
      if (!link) break;
      parts.unshift(link.text);
      top = link.parent;
    }
    const path = `${top === SystemRecord.ROOT ? '' : unnamed(top)}/${parts.join('/')}`;
    const half = LONGEST_PATH / 2;
    return path.length <= LONGEST_PATH ? path : `${path.slice(0, half)}…${path.slice(-half)}`;
  }
}
