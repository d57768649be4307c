import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { crc32BigEndian } from '../checksum/crc32BigEndian';
import { commitBlock, journalHeader, JournalBlockType } from '../structures/journalBlocks';
import { journalMagic } from '../structures/journalSuperblock';
import { dataChecksum, hasBlockChecksums, isCommitBlockRight, isListBlockRight } from './journalChecksums';
import type { LogLayout } from './logLayout';
import type { LogReader } from './logReader';
import { type BlockTag, revokedBlocks, tagsOf } from './logRecords';

/** Kinds and sizes that a commit block names for a transaction's CRC-32. */
const CRC32_TYPE = 1;
const CRC32_BYTES = 4;
/** A transaction takes a quarter of a journal at most; this is half of one of a gibibyte in blocks of 1 KiB. */
const MAX_BLOCKS = 2 ** 19;
const MAX_REVOKED = 2 ** 20;

/** Whether the data in a log is compared with its checksums, or only its own blocks are. */
export type ReplayDepth = 'verified' | 'counted';

/** A block that a transaction writes. */
export interface LoggedBlock {
  /** Of the filesystem. */
  block: number;
  /** Of the journal. */
  position: number;
  /** Its first four bytes are the journal's magic number, in the log zeros. */
  isEscaped: boolean;
  state: 'right' | 'wrongChecksum' | 'unreadable';
}

/** A transaction that was committed. */
export interface Transaction {
  blocks: LoggedBlock[];
  /** Blocks of the filesystem that must not get what this transaction and those before it wrote. */
  revoked: number[];
}

/** Where the log ends. */
export interface LogEnd {
  /** The number of the first transaction that is not there, or not whole. */
  sequence: number;
  /** Why it may have gone on; null where it just ends, be it within a transaction that was never committed. */
  doubt: 'checksum' | 'unreadable' | 'noEnd' | null;
}

/**
 * The committed transactions of a log, in order, as the kernel (`do_one_pass`) and e2fsck find them: the log ends at the first block that is not of the
 * transaction expected there, or with the first transaction whose checksum is wrong.
 * @throws DamagedStructureError for a transaction larger than any; what `read` throws, but for unreadable sectors
 */
export async function* committedTransactions(
  log: LogReader,
  layout: LogLayout,
  depth: ReplayDepth,
): AsyncGenerator<Transaction, LogEnd, undefined> {
  return yield* new LogScan(log, layout, depth).run();
}

class LogScan {
  private position: number;
  private sequence: number;
  /** Blocks of the ring that were not looked at: what has no end there is damaged. */
  private left: number;
  private transaction: Transaction = { blocks: [], revoked: [] };
  private transactionChecksum = 0xffffffff;
  /** A block of the log's own has a wrong checksum: it may be from an earlier time, when the ring was used before. */
  private isDoubtful = false;
  private lastCommitSeconds = 0n;

  constructor(
    private readonly log: LogReader,
    private readonly layout: LogLayout,
    private readonly depth: ReplayDepth,
  ) {
    this.position = layout.start;
    this.sequence = layout.sequence;
    this.left = layout.endBlock - layout.firstBlock;
  }

  async *run(): AsyncGenerator<Transaction, LogEnd, undefined> {
    try {
      while (this.left > 0) {
        const block = await this.log.block(this.next());
        const { magic, sequence, blockType } = journalHeader.read(block);
        if (magic !== journalMagic || sequence !== this.sequence) return this.end(null);
        if (blockType === JournalBlockType.DESCRIPTOR) {
          if (!(await this.addTags(block))) return this.end('noEnd');
        } else if (blockType === JournalBlockType.REVOKE) {
          this.addRevoked(block);
        } else if (blockType === JournalBlockType.COMMIT) {
          const { commitSeconds } = commitBlock.read(block);
          if (this.isDoubtful || !this.isCommitRight(block)) {
            // A commit older than the one before it was left by an earlier round.
            return this.end(commitSeconds < this.lastCommitSeconds ? null : 'checksum');
          }
          yield this.transaction;
          this.lastCommitSeconds = commitSeconds;
          this.sequence = (this.sequence + 1) % 2 ** 32;
          this.transaction = { blocks: [], revoked: [] };
          this.transactionChecksum = 0xffffffff;
        } else {
          return this.end(null);
        }
      }
      return this.end('noEnd');
    } catch (error) {
      if (error instanceof MediaError) return this.end('unreadable');
      throw error;
    }
  }

  /** False when the blocks of the descriptor have no end. */
  private async addTags(descriptor: Buffer): Promise<boolean> {
    const { layout } = this;
    if (!isListBlockRight(descriptor, layout)) this.isDoubtful = true;
    if (layout.checksums === 'transaction') this.transactionChecksum = crc32BigEndian(this.transactionChecksum, descriptor);
    for (const tag of tagsOf(descriptor, layout)) {
      if (this.left === 0) return false;
      const position = this.next();
      const state = await this.look(position, tag);
      this.transaction.blocks.push({ block: tag.block, position, isEscaped: tag.isEscaped, state });
      if (this.transaction.blocks.length > MAX_BLOCKS) throw tooLarge();
    }
    return true;
  }

  private addRevoked(list: Buffer): void {
    if (!isListBlockRight(list, this.layout)) this.isDoubtful = true;
    for (const block of revokedBlocks(list, this.layout)) this.transaction.revoked.push(block);
    if (this.transaction.revoked.length > MAX_REVOKED) throw tooLarge();
  }

  /** Looks at data where a checksum is to be had of it. */
  private async look(position: number, tag: BlockTag): Promise<LoggedBlock['state']> {
    const { layout } = this;
    if (layout.checksums === 'none' || this.depth === 'counted') return 'right';
    if (!hasBlockChecksums(layout)) {
      this.transactionChecksum = crc32BigEndian(this.transactionChecksum, await this.log.block(position));
      return 'right';
    }
    try {
      const checksum = dataChecksum(await this.log.block(position), this.sequence, layout);
      const kept = layout.checksums === 'tag16' ? checksum & 0xffff : checksum;
      return kept === tag.checksum ? 'right' : 'wrongChecksum';
    } catch (error) {
      if (error instanceof MediaError) return 'unreadable';
      throw error;
    }
  }

  private isCommitRight(block: Buffer): boolean {
    if (this.layout.checksums !== 'transaction') return isCommitBlockRight(block, this.layout);
    if (this.depth === 'counted') return true;
    const { checksumType, checksumBytes, checksum } = commitBlock.read(block);
    // Transactions from before the feature was switched on have none.
    if (checksumType === 0 && checksumBytes === 0 && checksum === 0) return true;
    return checksumType === CRC32_TYPE && checksumBytes === CRC32_BYTES && checksum === this.transactionChecksum;
  }

  private next(): number {
    const { position } = this;
    this.position = position + 1 === this.layout.endBlock ? this.layout.firstBlock : position + 1;
    this.left--;
    return position;
  }

  private end(doubt: LogEnd['doubt']): LogEnd {
    return { sequence: this.sequence, doubt };
  }
}

function tooLarge(): DamagedStructureError {
  return new DamagedStructureError('jbd2 transaction', 'a transaction of the journal is larger than any can be');
}
