import { nameOf, type DirectoryName, type DirectoryTree } from '@diskwright/sdk/files';
import { safeNumber } from '@diskwright/sdk/struct';
import { parentOf, rawEntries } from '../files/directoryEntries';
import type { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import { scanInodes } from '../groups/inodeScan';
import type { Superblock } from '../structures/superblock';
import type { XfsVolume } from '../volume';

/** The inodes and directories of a volume, for whoever looks for names. */
export class XfsTree implements DirectoryTree<InodeRecord> {
  readonly rootInode: number;
  private readonly special: Map<number, string>;

  constructor(
    private readonly volume: XfsVolume,
    private readonly table: InodeTable,
  ) {
    this.rootInode = volume.geometry.rootInode;
    this.special = specialInodes(volume.superblock);
  }

  readMany(numbers: Iterable<number>, signal: AbortSignal): Promise<Map<number, InodeRecord>> {
    return this.table.readMany(numbers, signal);
  }

  scan(nearInode: number, signal: AbortSignal): AsyncGenerator<InodeRecord[], void, undefined> {
    const { groupBlockLog, inodesPerBlockLog } = this.volume.geometry;
    return scanInodes(this.volume, Math.floor(nearInode / 2 ** (groupBlockLog + inodesPerBlockLog)), signal);
  }

  async *namesIn(directory: InodeRecord, signal: AbortSignal): AsyncGenerator<DirectoryName, void, undefined> {
    for await (const entries of rawEntries(this.volume, directory, signal)) {
      for (const { inode, name } of entries) {
        const { text, raw } = nameOf(name);
        yield { inode, text, raw: name, isText: !raw };
      }
    }
  }

  parentOf(directory: InodeRecord, signal: AbortSignal): Promise<number | null> {
    return parentOf(this.volume, directory, signal);
  }

  specialName(inode: InodeRecord): string | undefined {
    return this.special.get(inode.number);
  }
}

/** Inodes that hold what the filesystem needs itself, by their numbers, in words. */
function specialInodes(value: Superblock): Map<number, string> {
  const names = new Map<number, string>([
    [safeNumber(value.realtimeBitmapInode), 'bitmap of the realtime device'],
    [safeNumber(value.realtimeSummaryInode), 'summary of the realtime device'],
    [safeNumber(value.userQuotaInode), 'user quota'],
    [safeNumber(value.groupQuotaInode), 'group quota'],
  ]);
  if ((value.version & 0xf) >= 5) names.set(safeNumber(value.projectQuotaInode), 'project quota');
  // 0 and all ones: there is none.
  names.delete(0);
  names.delete(Infinity);
  names.delete(safeNumber(value.rootInode));
  return names;
}
