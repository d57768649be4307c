import { EntryColumns, type PendingDirectory } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { EntryTable } from '@diskwright/sdk/protocol';
import { InodeFlag } from '../structures/inode';
import { type DirectoryPiece, type EntryVisitor, isDotName, visitEntries } from './directoryEntries';
import { encryptedNameOf } from './encryptedName';
import { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

/** A directory, named by its inode's number. */
export interface FoundDirectory extends PendingDirectory<number> {
  /** With bytes of its own. */
  inode: InodeRecord;
}

/** Entries of directories as columns, first their names, then what their inodes say. */
export class InodeColumns {
  private readonly columns = new EntryColumns();
  /** The inode of each; 0 where what it says is told already. */
  private inodes: number[] = [];
  private isEncrypted = false;

  constructor(
    private readonly table: InodeTable,
    private readonly signal: AbortSignal,
  ) {}

  get count(): number {
    return this.columns.count;
  }

  /** What is added from now on is in this directory. */
  enter({ prefix, inode }: FoundDirectory): void {
    this.columns.enter(prefix);
    this.isEncrypted = inode.hasFlag(InodeFlag.ENCRYPT);
  }

  /** Adds the entries of a piece, as far as they make sense. @returns what is wrong behind them, or null */
  addPiece(piece: DirectoryPiece): DamagedStructureError | null {
    try {
      visitEntries(piece, this.table.geometry, this.addEntry);
      return null;
    } catch (error) {
      if (error instanceof DamagedStructureError) return error;
      throw error;
    }
  }

  private readonly addEntry: EntryVisitor = (inode, bytes, start, end) => {
    if (isDotName(bytes, start, end)) return;
    if (this.isEncrypted) this.columns.addName(inode, encryptedNameOf(bytes.subarray(start, end)));
    else this.columns.addUtf8(inode, bytes, start, end);
    this.inodes.push(inode);
  };

  /** Adds a directory once more: why it could not be read. */
  addDamaged(directory: FoundDirectory, damage: string): void {
    const { number, type, size, modified } = directory.inode;
    this.columns.set(this.columns.addDamaged(number, directory, damage), type, size, modified);
    this.inodes.push(0);
  }

  /** Tells of all that were added what their inodes say. Answers the directories among them, in order. */
  async readInodes(): Promise<FoundDirectory[]> {
    const { columns, inodes } = this;
    const found: { index: number; inode: InodeRecord }[] = [];
    const visit = (inode: InodeRecord, index: number): void => {
      const { type } = inode;
      columns.set(index, type, inode.size, inode.modified);
      if (type === 'directory') found.push({ index, inode: new InodeRecord(inode.number, Buffer.from(inode.bytes)) });
    };
    const lost = (error: Error, index: number): void => columns.setDamage(index, error.message);
    await this.table.visitMany(inodes, this.signal, visit, lost);
    found.sort((one, other) => one.index - other.index);
    return found.map(({ index, inode }) => ({ ...columns.directoryAt(index), key: inode.number, inode }));
  }

  /** Cuts what was added into tables, once its inodes are read, and forgets it. */
  *take(): Generator<EntryTable, void, undefined> {
    yield* this.columns.tables();
    this.columns.clear();
    this.inodes = [];
  }
}
