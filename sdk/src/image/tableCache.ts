import type { BlockSource } from '../block/index';

/** So small a table costs more to keep than its bytes. */
const MIN_COST_BYTES = 4096;

/**
 * The tables of an image that were used last, within so many bytes. One that is being read is shared by all who wait for it.
 * @template T what `parse` makes of a table's bytes
 */
export class TableCache<T = Buffer> {
  private readonly tables = new Map<number, Promise<T>>();
  private bytes = 0;

  constructor(
    private readonly source: BlockSource,
    private readonly tableBytes: number,
    private readonly parse: (bytes: Buffer, offset: number) => T | Promise<T>,
    private readonly maximumBytes = 16 * 1024 * 1024,
  ) {}

  /**
   * The table that stands at `offset` of the file.
   * @param length of it, where it is shorter than the others: the last part of a long table
   * @throws what reading and `parse` throw
   */
  get(offset: number, length = this.tableBytes): Promise<T> {
    const known = this.tables.get(offset);
    if (known) {
      // Re-inserted, so that the map's order is the order of use.
      this.tables.delete(offset);
      this.tables.set(offset, known);
      return known;
    }
    // Not with a caller's signal: others may wait for the same table.
    const table = this.source.read(offset, length).then((bytes) => this.parse(bytes, offset));
    this.tables.set(offset, table);
    this.bytes += this.cost;
    table.catch(() => this.forget(offset, table));
    for (const [oldest, entry] of this.tables) {
      if (this.bytes <= this.maximumBytes || entry === table) break;
      this.forget(oldest, entry);
    }
    return table;
  }

  private get cost(): number {
    return Math.max(this.tableBytes, MIN_COST_BYTES);
  }

  private forget(offset: number, table: Promise<T>): void {
    if (this.tables.get(offset) !== table) return;
    this.tables.delete(offset);
    this.bytes -= this.cost;
  }
}
