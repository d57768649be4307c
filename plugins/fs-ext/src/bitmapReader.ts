import type { BlockSource } from '@diskwright/sdk/block';
import type { GroupTable } from './groupTable';

/** Bitmaps that lie closer than this are read by one request: reading on costs less than seeking. */
const joinedGapBytes = 128 * 1024;
const requestBytes = 1024 * 1024;
/** Bitmaps of one batch, in bytes, so that memory stays bounded at any block size. */
const batchBytes = 4 * 1024 * 1024;
const concurrentRequests = 4;

/** The bitmaps of one group; null where they were never written. */
export interface GroupBitmaps {
  group: number;
  blockBitmap: Buffer | null;
  /** Null also where nothing would be learned from it: only its checksum is looked at. */
  inodeBitmap: Buffer | null;
}

interface BlockRequest {
  firstBlock: number;
  endBlock: number;
  wanted: number[];
}

/**
 * Reads the bitmaps of all groups in ascending order of the groups. Every bitmap's block must lie inside of the source.
 * @throws what `read` throws
 */
export async function* readBitmaps(source: BlockSource, table: GroupTable, signal: AbortSignal): AsyncGenerator<GroupBitmaps> {
  const { blockSize, groupsCount } = table.geometry;
  const groupsPerBatch = Math.max(1, Math.floor(batchBytes / blockSize / 2));
  for (let first = 0; first < groupsCount; first += groupsPerBatch) {
    const end = Math.min(first + groupsPerBatch, groupsCount);
    const blocks = await readBlocks(source, wantedBlocks(table, first, end), blockSize, signal);
    for (let group = first; group < end; group++) {
      yield {
        group,
        blockBitmap: table.isBlockBitmapUninitialised(group) ? null : blocks.get(table.blockBitmap(group))!,
        inodeBitmap: blocks.get(table.inodeBitmap(group)) ?? null,
      };
    }
  }
}

function wantedBlocks(table: GroupTable, first: number, end: number): number[] {
  const verifiesInodeBitmaps = table.geometry.descriptorChecksum === 'crc32c';
  const blocks: number[] = [];
  for (let group = first; group < end; group++) {
    if (!table.isBlockBitmapUninitialised(group)) blocks.push(table.blockBitmap(group));
    if (verifiesInodeBitmaps && !table.isInodeBitmapUninitialised(group)) blocks.push(table.inodeBitmap(group));
  }
  return blocks.sort((a, b) => a - b);
}

/** The given blocks (ascending) by their numbers, in few and large requests. */
async function readBlocks(
  source: BlockSource,
  wanted: number[],
  blockSize: number,
  signal: AbortSignal,
): Promise<Map<number, Buffer>> {
  const found = new Map<number, Buffer>();
  const requests = joinRequests(wanted, blockSize);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      signal.throwIfAborted();
      const bytes = await source.read(
        request.firstBlock * blockSize,
        (request.endBlock - request.firstBlock) * blockSize,
        signal,
      );
      request.wanted.forEach((block) => {
        const start = (block - request.firstBlock) * blockSize;
        found.set(block, bytes.subarray(start, start + blockSize));
      });
    }
  };
  await Promise.all(Array.from({ length: concurrentRequests }, work));
  return found;
}

function joinRequests(wanted: number[], blockSize: number): BlockRequest[] {
  const requests: BlockRequest[] = [];
  for (const block of wanted) {
    const last = requests.at(-1);
    const fits = last && block + 1 - last.firstBlock <= requestBytes / blockSize;
    if (last && fits && block - last.endBlock <= joinedGapBytes / blockSize) {
      last.endBlock = Math.max(last.endBlock, block + 1);
      last.wanted.push(block);
    } else {
      requests.push({ firstBlock: block, endBlock: block + 1, wanted: [block] });
    }
  }
  return requests;
}
