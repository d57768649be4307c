import { walkBitmap } from '@diskwright/sdk/extents';
import { crc32c } from '@diskwright/sdk/struct';
import { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import { readOrNull, readSalvaged } from '@diskwright/sdk/files';

/** Groups whose inodes are looked at one after the other; their tables lie side by side, mostly. */
const GROUPS_TOGETHER = 16;
const READ_BYTES = 1024 * 1024;
/** Inodes that are not in use are read as well where skipping them costs more. */
const JOINED_GAP_BYTES = 65536;
const READS_AHEAD = 4;

/** Inodes in use that lie side by side. */
interface InodeRun {
  /** Of the first inode. */
  number: number;
  count: number;
  offset: number;
  /** Whether a bitmap says that they are in use, rather than nobody knowing. */
  isSure: boolean;
  bytes: Promise<Buffer>;
}

/**
 * All inodes in use, in pieces of up to 1 MiB of the tables, those of the groups near `nearGroup` first: files lie near their inodes, and directories near
 * the files in them. What cannot be read is left out, down to the sector.
 */
export async function* scanInodes(
  table: InodeTable,
  nearGroup: number,
  firstInode: number,
  signal: AbortSignal,
): AsyncGenerator<InodeRecord[], void, undefined> {
  const ahead: InodeRun[] = [];
  const runs = inodeRuns(table, nearGroup, signal);
  for (let isOver = false; !isOver || ahead.length > 0;) {
    while (!isOver && ahead.length < READS_AHEAD) {
      const next = await runs.next();
      if (next.done) isOver = true;
      else ahead.push(next.value);
    }
    const run = ahead.shift();
    if (run) yield recordsIn(table, run, await run.bytes, firstInode);
  }
}

function recordsIn({ geometry: { inodeSize } }: InodeTable, run: InodeRun, bytes: Buffer, firstInode: number): InodeRecord[] {
  const records: InodeRecord[] = [];
  for (let index = 0; index < run.count; index++) {
    const inode = new InodeRecord(run.number + index, bytes, index * inodeSize, inodeSize);
    // Deleted files keep their maps; deleted but open ones have no links, and only their bitmap knows. The inode of bad blocks has no mode.
    const isUsed = inode.number < firstInode || (inode.mode !== 0 && (inode.links > 0 || run.isSure));
    if (isUsed) records.push(inode);
  }
  return records;
}

async function* inodeRuns(table: InodeTable, nearGroup: number, signal: AbortSignal): AsyncGenerator<InodeRun, void, undefined> {
  const { inodeSize, inodesPerGroup } = table.geometry;
  for (const group of groupsNear(nearGroup, table.geometry.groupsCount)) {
    signal.throwIfAborted();
    const start = await readOrNull(async () => table.tableOffset(group));
    if (start === null) continue;
    const { spans, isSure } = await usedInodes(table, group, signal);
    for (const { first, end } of spans) {
      const step = Math.floor(READ_BYTES / inodeSize);
      for (let index = first; index < end; index += step) {
        const count = Math.min(step, end - index);
        const offset = start + index * inodeSize;
        const bytes = readSalvaged(table.source, offset, count * inodeSize, signal);
        // Whoever waits for it is told; nobody does when the scan ends before.
        bytes.catch(() => undefined);
        yield { number: group * inodesPerGroup + index + 1, count, offset, isSure, bytes };
      }
    }
  }
}

/** All groups, the nearest first, a few neighbours at a time. */
function* groupsNear(group: number, groupsCount: number): Generator<number, void, undefined> {
  const batches = Math.ceil(groupsCount / GROUPS_TOGETHER);
  const middle = Math.min(Math.floor(Math.max(0, group) / GROUPS_TOGETHER), batches - 1);
  for (let distance = 0; distance < batches; distance++) {
    for (const batch of distance === 0 ? [middle] : [middle - distance, middle + distance]) {
      if (batch < 0 || batch >= batches) continue;
      const end = Math.min((batch + 1) * GROUPS_TOGETHER, groupsCount);
      for (let index = batch * GROUPS_TOGETHER; index < end; index++) yield index;
    }
  }
}

/** The inodes of a group that may be in use, as indices in its table. A bitmap counts only where it agrees with the descriptor. */
async function usedInodes(
  { source, geometry, groups }: InodeTable,
  group: number,
  signal: AbortSignal,
): Promise<{ spans: { first: number; end: number }[]; isSure: boolean }> {
  const { blockSize, blocksCount, inodesPerGroup, inodeSize, descriptorChecksum } = geometry;
  const all = { spans: [{ first: 0, end: inodesPerGroup }], isSure: false };
  const isDescriptorRight = groups.storedChecksum(group) === groups.expectedChecksum(group);
  if (!isDescriptorRight) return all;
  if (groups.isInodeBitmapUninitialised(group)) return { spans: [], isSure: true };
  const block = groups.inodeBitmap(group);
  if (block === 0 || block >= blocksCount) return all;
  const bitmap = await readOrNull(() => source.read(block * blockSize, blockSize, signal));
  if (!bitmap) return all;
  if (descriptorChecksum === 'crc32c') {
    const right = crc32c(geometry.checksumSeed, bitmap.subarray(0, inodesPerGroup >>> 3)) & groups.bitmapChecksumMask;
    if (right >>> 0 !== groups.inodeBitmapChecksum(group)) return all;
  }
  const spans: { first: number; end: number }[] = [];
  const free = walkBitmap(bitmap, inodesPerGroup, (first, count) => {
    const last = spans.at(-1);
    if (last && (first - last.end) * inodeSize <= JOINED_GAP_BYTES) last.end = first + count;
    else spans.push({ first, end: first + count });
  });
  if (free !== groups.freeInodes(group)) return all;
  // Joined over gaps: what is in a gap is told apart by its links.
  return { spans, isSure: spans.reduce((sum, { first, end }) => sum + end - first, 0) + free === inodesPerGroup };
}
