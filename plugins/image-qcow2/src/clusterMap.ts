import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { type ImageMap, RunList, TableCache } from '@diskwright/sdk/image';
import type { CompressedClusters } from './compressedClusters';
import type { L1Place, QcowHeader } from './header';

/** High words of table entries: 64-bit values are taken apart, since this is read for every cluster. */
const COMPRESSED = 0x4000_0000;
const COPIED = 0x8000_0000;
const OFFSET_HIGH = 0x00ff_ffff;
/** Of the low word: bits 0 to 8 are no part of an offset. */
const OFFSET_LOW = 0xffff_fe00;
const ZERO = 1;
const HIGH = 0x1_0000_0000;
/** So many L2 tables at most are read for one answer. */
const MAX_TABLES = 64;
/** So many clusters at most are looked at for one answer. */
const MAX_CLUSTERS = 1 << 20;
const SUBCLUSTERS = 32;

export interface ClusterMapParts {
  file: BlockSource;
  /** Where clusters that are not compressed lie: `file`, unless there is an external data file. */
  data: BlockSource;
  header: QcowHeader;
  l1: L1Place;
  /** Of the disk, bytes; a snapshot's may be another than the header's. */
  size: number;
  compressed: CompressedClusters;
}

/** Where each cluster of the disk is, by the two levels of tables: docs/interop/qcow2.txt, "Cluster mapping". */
export class ClusterMap implements ImageMap {
  readonly size: number;
  private readonly l2Tables: TableCache;
  private readonly entryBytes: number;
  private readonly entriesPerTable: number;

  private constructor(
    private readonly parts: ClusterMapParts,
    private readonly l1: Buffer,
  ) {
    const { file, header, size } = parts;
    this.size = size;
    this.entryBytes = header.extendedL2 ? 16 : 8;
    this.entriesPerTable = header.clusterBytes / this.entryBytes;
    this.l2Tables = new TableCache(file, header.clusterBytes, (bytes) => bytes);
  }

  static async open(parts: ClusterMapParts, signal: AbortSignal): Promise<ClusterMap> {
    const { file, l1 } = parts;
    return new ClusterMap(parts, l1.entries === 0 ? Buffer.alloc(0) : await file.read(l1.offset, l1.entries * 8, signal));
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { clusterBytes } = this.parts.header;
    const tableSpan = this.entriesPerTable * clusterBytes;
    const list = new RunList();
    const end = offset + length;
    let tables = 0;
    let clusters = 0;
    for (let at = offset; at < end;) {
      const place = this.l2Place(Math.floor(at / tableSpan));
      if (place === null) {
        const next = Math.min(end, (Math.floor(at / tableSpan) + 1) * tableSpan);
        list.add({ kind: 'parent', length: next - at });
        at = next;
        continue;
      }
      if (tables++ >= MAX_TABLES || clusters > MAX_CLUSTERS) break;
      signal.throwIfAborted();
      const table = await this.l2Tables.get(place);
      const tableEnd = Math.min(end, (Math.floor(at / tableSpan) + 1) * tableSpan);
      for (; at < tableEnd; clusters++) {
        const within = at % clusterBytes;
        const count = Math.min(clusterBytes - within, tableEnd - at);
        this.addCluster(list, table, Math.floor(at / clusterBytes) % this.entriesPerTable, within, count);
        at += count;
      }
    }
    return list;
  }

  /** Null where the table holds nothing. @throws DamagedStructureError for one that cannot be */
  private l2Place(index: number): number | null {
    if (index * 8 >= this.l1.length) return null;
    const place = entryOffset(this.l1.readUInt32BE(index * 8), this.l1.readUInt32BE(index * 8 + 4));
    if (place === 0) return null;
    const { file, header } = this.parts;
    if (place % header.clusterBytes !== 0 || place > file.size - header.clusterBytes)
      throw damaged(
        `entry ${index} of the L1 table`,
        `leads to an L2 table at byte ${place}, outside of the file or within a cluster`,
      );
    return place;
  }

  private addCluster(list: RunList, table: Buffer, index: number, within: number, length: number): void {
    const { header, compressed, data } = this.parts;
    const at = index * this.entryBytes;
    const high = table.readUInt32BE(at);
    const low = table.readUInt32BE(at + 4);
    // The two highest bits of a word make it a negative number for the operators on bits.
    if ((high & COMPRESSED) !== 0) {
      const cluster = compressed.cluster(high, low);
      list.add({ kind: 'made', length, read: (start, count) => compressed.read(cluster, within + start, count) });
      return;
    }
    const place = entryOffset(high, low);
    // Only of an external data file cluster 0 can be one that is in use.
    const allocated = place !== 0 || (data !== this.parts.file && (high & COPIED) !== 0);
    if (place % header.clusterBytes !== 0) throw damaged('an entry of an L2 table', `leads to byte ${place}, within a cluster`);
    if (header.extendedL2) {
      this.addSubclusters(
        list,
        { zeros: table.readUInt32BE(at + 8), stored: table.readUInt32BE(at + 12), place, allocated },
        within,
        length,
      );
    } else if (header.version === 3 && (low & ZERO) !== 0) {
      list.add({ kind: allocated ? 'zero' : 'hole', length });
    } else if (allocated) {
      list.add({ kind: 'stored', length, source: data, offset: place + within, lastIsShort: true });
    } else {
      list.add({ kind: 'parent', length });
    }
  }

  /** Each of 32 parts of a cluster by its own bits: docs/interop/qcow2.txt, "Extended L2 Entries". */
  private addSubclusters(
    list: RunList,
    { zeros, stored, place, allocated }: { zeros: number; stored: number; place: number; allocated: boolean },
    within: number,
    length: number,
  ): void {
    const bytes = this.parts.header.clusterBytes / SUBCLUSTERS;
    for (let at = within; at < within + length;) {
      const index = Math.floor(at / bytes);
      const count = Math.min((index + 1) * bytes, within + length) - at;
      const isZero = ((zeros >>> index) & 1) === 1;
      const isStored = ((stored >>> index) & 1) === 1;
      if (isStored && (isZero || !allocated)) throw damaged('an extended entry of an L2 table', 'contradicts itself');
      if (isZero) list.add({ kind: allocated ? 'zero' : 'hole', length: count });
      else if (!isStored) list.add({ kind: 'parent', length: count });
      else list.add({ kind: 'stored', length: count, source: this.parts.data, offset: place + at, lastIsShort: true });
      at += count;
    }
  }
}

function entryOffset(high: number, low: number): number {
  return (high & OFFSET_HIGH) * HIGH + ((low & OFFSET_LOW) >>> 0);
}

function damaged(what: string, how: string): DamagedStructureError {
  return new DamagedStructureError('qcow2 tables', `the qcow2 image is damaged: ${what} ${how}`);
}
