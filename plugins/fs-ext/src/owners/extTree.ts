import type { DirectoryName, DirectoryTree } from '@diskwright/sdk/files';
import { parentOf } from '../files/directoryEntries';
import { namesIn, rawEntries } from '../files/directoryListing';
import type { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import { ROOT_INODE } from '../files/rootInode';
import { InodeFlag } from '../structures/inode';
import type { ExtVolume } from '../volume';
import { scanInodes } from './inodeScan';
import { specialInodes } from './specialInodes';

/** The inodes and directories of a volume, for whoever looks for names. */
export class ExtTree implements DirectoryTree<InodeRecord> {
  readonly rootInode = ROOT_INODE;
  private readonly special: Map<number, string>;
  private readonly firstInode: number;

  constructor(
    volume: ExtVolume,
    private readonly table: InodeTable,
  ) {
    this.special = specialInodes(volume.superblock);
    this.firstInode = volume.superblock.firstInode || 11;
  }

  readMany(numbers: Iterable<number>, signal: AbortSignal): Promise<Map<number, InodeRecord>> {
    return this.table.readMany([...numbers], signal);
  }

  scan(nearInode: number, signal: AbortSignal): AsyncGenerator<InodeRecord[], void, undefined> {
    const near = Math.floor((nearInode - 1) / this.table.geometry.inodesPerGroup);
    return scanInodes(this.table, near, this.firstInode, signal);
  }

  async *namesIn(directory: InodeRecord, signal: AbortSignal): AsyncGenerator<DirectoryName, void, undefined> {
    const show = namesIn(directory);
    for await (const entry of rawEntries(this.table, directory, signal)) {
      const { text, raw } = show(entry);
      yield { inode: entry.inode, text, raw: entry.name, isText: !raw };
    }
  }

  parentOf(directory: InodeRecord, signal: AbortSignal): Promise<number | null> {
    return parentOf(this.table, directory, signal);
  }

  specialName(inode: InodeRecord): string | undefined {
    const name = this.special.get(inode.number);
    if (name !== undefined || !inode.hasFlag(InodeFlag.EA_INODE)) return name;
    return `value of an extended attribute, inode ${inode.number}`;
  }
}
