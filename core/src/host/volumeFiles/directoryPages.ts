import type { FilesystemEntry } from '@diskwright/sdk/protocol';

/** A page of a directory. */
export interface DirectoryPage {
  entries: FilesystemEntry[];
  /** Where to go on; null at the end. */
  next: number | null;
}

const PAGE_ENTRIES = 2048;
/** Well below the largest message. */
const PAGE_BYTES = 512 * 1024;
/** Listings that wait for somebody to go on with them. */
const MAX_WAITING = 32;

/**
 * Listings of one open volume, pulled page by page. Each is kept at the place where it stopped, for whoever goes on there; what asks for another place has
 * the directory listed anew up to it.
 */
export class DirectoryPages {
  /** By directory and place, in the order of their use. */
  private readonly waiting = new Map<string, AsyncIterator<FilesystemEntry>>();

  constructor(private readonly list: (node: string) => AsyncIterable<FilesystemEntry>) {}

  /** @throws what listing throws, behind the page of what came before it; the signal's reason when it aborts */
  async page(node: string, from: number, signal?: AbortSignal): Promise<DirectoryPage> {
    const listing = await this.listingAt(node, from, signal);
    const entries: FilesystemEntry[] = [];
    try {
      for (let bytes = 0; entries.length < PAGE_ENTRIES && bytes < PAGE_BYTES;) {
        if (signal?.aborted) break;
        const { value, done } = await listing.next();
        if (done) return { entries, next: null };
        entries.push(value as FilesystemEntry);
        bytes += bytesOf(value as FilesystemEntry);
      }
    } catch (error) {
      if (entries.length === 0 || signal?.aborted) throw error;
      // Whoever goes on there has it listed anew, and is told.
      return { entries, next: from + entries.length };
    }
    if (signal?.aborted) {
      end(listing);
      signal.throwIfAborted();
    }
    const next = from + entries.length;
    this.keep(`${node}\n${next}`, listing);
    return { entries, next };
  }

  private async listingAt(node: string, from: number, signal?: AbortSignal): Promise<AsyncIterator<FilesystemEntry>> {
    const key = `${node}\n${from}`;
    const kept = this.waiting.get(key);
    if (kept) {
      this.waiting.delete(key);
      return kept;
    }
    const listing = this.list(node)[Symbol.asyncIterator]();
    for (let at = 0; at < from && !signal?.aborted; at++) if ((await listing.next()).done) break;
    return listing;
  }

  private keep(key: string, listing: AsyncIterator<FilesystemEntry>): void {
    this.waiting.set(key, listing);
    if (this.waiting.size <= MAX_WAITING) return;
    const [oldest, dropped] = this.waiting.entries().next().value!;
    this.waiting.delete(oldest);
    end(dropped);
  }
}

/** About as many as it has in a message. */
function bytesOf({ path, rawName, metadata }: FilesystemEntry): number {
  return 360 + 3 * path.length + (rawName?.length ?? 0) + 3 * (metadata?.target?.length ?? 0);
}

/** Nobody goes on with it. */
function end(listing: AsyncIterator<FilesystemEntry>): void {
  void Promise.resolve(listing.return?.()).catch(() => undefined);
}
