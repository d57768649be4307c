import { checksum } from '../checksum';
import { header, Id, metadataEntry, metadataTable, regionEntry, regionTable } from '../structures';

const KIB = 1024;

/** A VHDX file in memory, for tests that change it by the specification. */
export class FileLayout {
  private readonly headersAt = [64 * KIB, 128 * KIB];
  readonly blockTableAt: number;
  readonly metadataAt: number;

  constructor(public bytes: Buffer) {
    this.blockTableAt = this.region(Id.blockTable);
    this.metadataAt = this.region(Id.metadata);
  }

  /** The newer header's fields. */
  get header() {
    return this.headersAt.map((at) => header.read(this.bytes, at)).sort((a, b) => Number(b.sequence - a.sequence))[0]!;
  }

  /** Writes both headers anew, whole. */
  setHeader(fields: Partial<ReturnType<typeof header.read>>): void {
    const now = this.header;
    for (const at of this.headersAt) {
      const copy = header.encode({ ...now, ...fields, checksum: 0 }, this.bytes.subarray(at, at + header.size));
      copy.writeUInt32LE(checksum(copy), 4);
      copy.copy(this.bytes, at);
    }
  }

  /** Puts 1 MiB of bytes behind the file. @returns where */
  append(block: Buffer): number {
    const at = Math.ceil(this.bytes.length / (KIB * KIB)) * KIB * KIB;
    this.bytes = Buffer.concat([this.bytes, Buffer.alloc(at - this.bytes.length), block]);
    return at;
  }

  /** Where an item of the metadata stands in the file. */
  item(id: string): number {
    const { entries } = metadataTable.read(this.bytes, this.metadataAt);
    for (let index = 1; index <= entries; index++) {
      const entry = metadataEntry.read(this.bytes, this.metadataAt + index * metadataEntry.size);
      if (entry.id === id) return this.metadataAt + entry.offset;
    }
    throw new Error(`there is no item ${id}`);
  }

  /** Adds an item that has to be known, at 512 KiB of the region. */
  addItem(id: string, content: Buffer): void {
    const fields = metadataTable.read(this.bytes, this.metadataAt);
    this.bytes.writeUInt16LE(fields.entries + 1, this.metadataAt + 10);
    metadataEntry
      .encode({ id, offset: 512 * KIB, length: content.length, flags: 4 })
      .copy(this.bytes, this.metadataAt + (fields.entries + 1) * metadataEntry.size);
    content.copy(this.bytes, this.metadataAt + 512 * KIB);
  }

  private region(id: string): number {
    const table = 192 * KIB;
    for (let index = 0; index < regionTable.read(this.bytes, table).entries; index++) {
      const entry = regionEntry.read(this.bytes, table + regionTable.size + index * regionEntry.size);
      if (entry.id === id) return Number(entry.offset);
    }
    throw new Error(`there is no region ${id}`);
  }
}
