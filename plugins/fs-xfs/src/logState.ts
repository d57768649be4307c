import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { LOG_RECORD_MAGIC, logRecord } from './structures/logRecord';
import type { XfsVolume } from './volume';

/** Blocks of the log are of 512 bytes, whatever the filesystem's are. */
export const LOG_BLOCK_BYTES = 512;
/** No record is longer, its heads included. */
const LONGEST_RECORD_BLOCKS = (256 + 8) * 2;
const HEAD_COVERS_BYTES = 32_768;
/** Flag of an operation: the filesystem was unmounted (`XLOG_UNMOUNT_TRANS`). */
const UNMOUNTED = 0x20;
const OPERATION_FLAGS_AT = 9;
const VERSION_2 = 2;

/** Whether the log has something to be replayed. */
export interface LogState {
  isClean: boolean;
  /** What is told of a log that is not clean. */
  problem: string;
  /** Where it was last written, which changes with every write. */
  head: ByteRange[];
}

/**
 * Looks for the end of the log (`xlog_find_head`) and whether the last record says that the filesystem was unmounted. Whatever is not just as the kernel
 * leaves it is not clean. Reads some twenty blocks.
 * @throws what `read` throws
 */
export async function readLogState(volume: XfsVolume, signal: AbortSignal): Promise<LogState> {
  const { log, blockSize } = volume.geometry;
  if (!log)
    return { isClean: false, problem: 'The log is on another device, so that it cannot be told whether it is clean.', head: [] };
  const offset = log.firstBlock * blockSize;
  const blocks = (log.blocks * blockSize) / LOG_BLOCK_BYTES;
  if (offset > volume.source.size - blocks * LOG_BLOCK_BYTES)
    throw new DamagedStructureError('XFS log', 'the log lies outside of the volume');
  const reader = new LogReader(volume, offset, blocks, signal);
  const cycleAt = async (block: number): Promise<number> => cycleOf(await reader.read(block, 1));
  const first = await cycleAt(0);
  const last = await cycleAt(blocks - 1);
  const unclean = (problem: string, head: ByteRange[] = []): LogState => ({ isClean: false, problem, head });
  if (first === 0)
    return last === 0 ? { isClean: true, problem: '', head: [reader.range(0)] } : unclean('The log makes no sense.');
  // Blocks before the end have the cycle of the first one.
  let low = 0;
  let high = blocks;
  while (last !== first && low < high) {
    const middle = (low + high) >>> 1;
    if ((await cycleAt(middle)) === first) low = middle + 1;
    else high = middle;
  }
  const end = last === first ? blocks : low;
  const record = await findLastRecord(reader, end);
  if (!record) return unclean('The end of the log holds no whole record.', [reader.range(end % blocks)]);
  const head = [reader.range(record.block), ...(record.block === end % blocks ? [] : [reader.range(end % blocks)])];
  const { operations, version, size, length } = record.header;
  const headBlocks = (version & VERSION_2) !== 0 && size > HEAD_COVERS_BYTES ? Math.ceil(size / HEAD_COVERS_BYTES) : 1;
  const dataBlock = record.block + headBlocks;
  const isWhole = dataBlock + Math.ceil(length / LOG_BLOCK_BYTES) === record.end;
  const operation = await reader.read(dataBlock % blocks, 1);
  if (isWhole && operations === 1 && (operation[OPERATION_FLAGS_AT]! & UNMOUNTED) !== 0)
    return { isClean: true, problem: '', head };
  return unclean('The log holds changes that were not carried out yet: it was not unmounted cleanly.', head);
}

/** The record that begins last before the end; its `end` is `end`, or that and the log's length where the record begins before the wrap. */
async function findLastRecord(
  reader: LogReader,
  end: number,
): Promise<{ block: number; end: number; header: ReturnType<typeof logRecord.read> } | null> {
  const { blocks } = reader;
  for (let back = 1; back <= Math.min(LONGEST_RECORD_BLOCKS, blocks); back++) {
    const block = (end - back + blocks) % blocks;
    const bytes = await reader.read(block, 1);
    if (bytes.readUInt32BE(0) === LOG_RECORD_MAGIC) return { block, end: block + back, header: logRecord.read(bytes) };
  }
  return null;
}

/** The cycle of a block is its first word; in the head of a record, its second. */
function cycleOf(bytes: Buffer): number {
  const first = bytes.readUInt32BE(0);
  return first === LOG_RECORD_MAGIC ? bytes.readUInt32BE(4) : first;
}

class LogReader {
  constructor(
    private readonly volume: XfsVolume,
    private readonly offset: number,
    /** Of 512 bytes. */
    readonly blocks: number,
    private readonly signal: AbortSignal,
  ) {}

  read(block: number, count: number): Promise<Buffer> {
    return this.volume.source.read(this.offset + block * LOG_BLOCK_BYTES, count * LOG_BLOCK_BYTES, this.signal);
  }

  range(block: number): ByteRange {
    return { offset: this.offset + block * LOG_BLOCK_BYTES, length: LOG_BLOCK_BYTES };
  }
}
