import { DamagedStructureError } from '@diskwright/sdk/errors';
import { countFastCommits, type FastCommits } from './fastCommits';
import type { JournalFile } from './journalFile';
import type { LogLayout } from './logLayout';
import { LogReader } from './logReader';
import { type JournalledBlock, ReplayedBlocks } from './replayedBlocks';
import { committedTransactions, type LogEnd, type ReplayDepth, type Transaction } from './transactions';

/** All blocks of a journal of a gibibyte in blocks of 1 KiB; what is known of each is in memory. */
const MAX_BLOCKS = 2 ** 20;
/** Read at once where all of the log is read. */
const READ_BYTES = 1024 * 1024;

/** What the committed transactions of a log come to. */
export interface ReplayedLog {
  blocks: ReplayedBlocks;
  transactions: number;
  end: LogEnd;
  wrongChecksums: number;
  unreadable: number;
  /** Blocks outside of the filesystem that the log would write. */
  outside: number;
  /** Those behind the last full commit. */
  fastCommits: FastCommits;
}

/**
 * Reads a log from its start to its end.
 * @throws DamagedStructureError for more than can be kept in memory; what `read` throws, but for unreadable sectors
 */
export async function readLog(
  file: JournalFile,
  layout: LogLayout,
  blocksCount: number,
  depth: ReplayDepth,
  signal: AbortSignal,
): Promise<ReplayedLog> {
  const newest = new NewestBlocks(file, blocksCount);
  if (layout.start === 0) return newest.log(layout, { sequence: layout.sequence, doubt: null }, { commits: 0, changes: 0 });
  const readsData = depth === 'verified' && layout.checksums !== 'none';
  const reader = new LogReader(file, layout.blockSize, readsData ? READ_BYTES : layout.blockSize, signal);
  const scan = committedTransactions(reader, layout, depth);
  let step = await scan.next();
  for (; !step.done; step = await scan.next()) newest.add(step.value);
  return newest.log(layout, step.value, await countFastCommits(file, layout, step.value.sequence, signal));
}

/** Collects what the transactions write, the last version of each block. */
class NewestBlocks {
  private readonly blocks = new Map<number, JournalledBlock>();
  private readonly wrong = new Set<number>();
  private readonly unreadable = new Set<number>();
  private outside = 0;
  private transactions = 0;

  constructor(
    private readonly file: JournalFile,
    private readonly blocksCount: number,
  ) {}

  add({ blocks, revoked }: Transaction): void {
    this.transactions++;
    for (const { block, position, isEscaped, state } of blocks) {
      if (block >= this.blocksCount) this.outside++;
      else if (state === 'wrongChecksum') this.wrong.add(block);
      else this.blocks.set(block, { block, offset: this.file.offsetOf(position), isEscaped });
      if (state === 'unreadable') this.unreadable.add(block);
    }
    // Later transactions may write such a block again.
    for (const block of revoked) for (const known of [this.blocks, this.wrong, this.unreadable]) known.delete(block);
    if (this.blocks.size > MAX_BLOCKS)
      throw new DamagedStructureError('ext journal', `it holds more than ${MAX_BLOCKS} blocks, too many to keep in memory`);
  }

  log({ blockSize }: LogLayout, end: LogEnd, fastCommits: FastCommits): ReplayedLog {
    const ascending = [...this.blocks.values()].sort((one, other) => one.block - other.block);
    return {
      blocks: new ReplayedBlocks(blockSize, ascending),
      transactions: this.transactions,
      end,
      wrongChecksums: this.wrong.size,
      unreadable: this.unreadable.size,
      outside: this.outside,
      fastCommits,
    };
  }
}
