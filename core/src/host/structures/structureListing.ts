import type { StructureInstance } from '@diskwright/sdk/protocol';
import type { StructureEntry } from '../../common/workbench';

/** A page of a listing. */
export interface StructurePage {
  structures: StructureEntry[];
  /** Index of the next one; null at the end. */
  next: number | null;
}

const PAGE = 1024;
/** Entries that are kept: a filesystem of 16 TiB has about so many groups. What lies before them has to be listed anew. */
const MAX_KEPT = 262_144;

/**
 * The structures of one provider without their fields, in its order. Pulled as far as pages were asked for, and kept: a provider makes each only once.
 */
export class StructureListing {
  private iterator: AsyncIterator<StructureInstance>;
  private entries: StructureEntry[] = [];
  /** Index of the first entry that is kept. */
  private first = 0;
  private ended = false;
  /** Pages are made one after the other: they share the iterator. */
  private turn: Promise<unknown> = Promise.resolve();

  /** @param start where the volume lies on its device: what is answered is from the device's start */
  constructor(
    private readonly list: () => AsyncIterable<StructureInstance>,
    private readonly start: number,
  ) {
    this.iterator = list()[Symbol.asyncIterator]();
  }

  page(from: number, signal?: AbortSignal): Promise<StructurePage> {
    const page = this.turn.then(() => this.pageNow(from, signal));
    this.turn = page.catch(() => undefined);
    return page;
  }

  private async pageNow(from: number, signal?: AbortSignal): Promise<StructurePage> {
    if (from < this.first) this.restart();
    // One more than the page, to know whether it is the last.
    while (!this.ended && this.first + this.entries.length <= from + PAGE) {
      signal?.throwIfAborted();
      await this.pull();
    }
    const structures = this.entries.slice(from - this.first, from - this.first + PAGE);
    const next = from + structures.length;
    return { structures, next: next < this.first + this.entries.length ? next : null };
  }

  private async pull(): Promise<void> {
    const { value, done } = await this.iterator.next();
    if (done) {
      this.ended = true;
      return;
    }
    const { name, offset, length, findings } = value as StructureInstance;
    this.entries.push({ name, offset: this.start + offset, length, findings: findings.length });
    if (this.entries.length < 2 * MAX_KEPT) return;
    this.entries = this.entries.slice(MAX_KEPT);
    this.first += MAX_KEPT;
  }

  private restart(): void {
    void Promise.resolve(this.iterator.return?.()).catch(() => undefined);
    this.iterator = this.list()[Symbol.asyncIterator]();
    this.entries = [];
    this.first = 0;
    this.ended = false;
  }
}
