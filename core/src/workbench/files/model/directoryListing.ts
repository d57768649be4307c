import { Emitter } from '../../api';
import type { FileEntry } from './fileEntry';

/** What one page brings. */
export interface ListedPage {
  entries: FileEntry[];
  next: number | null;
}

/** Read without being asked for: more than that is a page of its own for the user. */
export const ENTRIES_AT_ONCE = 100_000;
/** Pages come faster than a table should be drawn. */
const TELL_MILLISECONDS = 250;

/** The entries of a directory as far as they were read, in the order of the filesystem. */
export class DirectoryListing {
  private readonly read: FileEntry[] = [];
  private next: number | null = 0;
  private control: AbortController | null = null;
  private running: Promise<void> | null = null;
  private failure: unknown = null;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly ask: (from: number, signal: AbortSignal) => Promise<ListedPage>) {}

  get entries(): readonly FileEntry[] {
    return this.read;
  }

  get isComplete(): boolean {
    return this.next === null;
  }

  get isReading(): boolean {
    return this.running !== null;
  }

  /** Why it could not be read on; null when nothing is wrong. */
  get error(): unknown {
    return this.failure;
  }

  /** Reads on until so many entries more are there, or all. Never rejects; joins what is under way. */
  more(count = ENTRIES_AT_ONCE): Promise<void> {
    if (this.isComplete) return Promise.resolve();
    return (this.running ??= this.readOn(this.read.length + count).finally(() => {
      this.running = null;
      this.changed.fire();
    }));
  }

  /** Stops reading; what was read stays. */
  cancel(): void {
    this.control?.abort();
  }

  private async readOn(until: number): Promise<void> {
    const { signal } = (this.control = new AbortController());
    this.failure = null;
    let toldAt = 0;
    try {
      while (this.next !== null && this.read.length < until) {
        const { entries, next } = await this.ask(this.next, signal);
        if (signal.aborted) return;
        for (const entry of entries) this.read.push(entry);
        this.next = next;
        if (performance.now() - toldAt < TELL_MILLISECONDS) continue;
        toldAt = performance.now();
        this.changed.fire();
      }
    } catch (error) {
      if (!signal.aborted) this.failure = error;
    }
  }
}
