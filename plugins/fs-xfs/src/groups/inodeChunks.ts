import { groupLength } from '../geometry';
import { inodeChunks } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';
import { readInodesHeader } from './groupHeaders';
import { walkTree } from './groupTree';

/** Inodes of a chunk. */
export const CHUNK_INODES = 64;
/** Inodes that one bit of the hole mask stands for. */
const HOLE_INODES = 4;

/** 64 inodes, of which some may have no room. */
export interface InodeChunk {
  /** The number of the first, in the filesystem. */
  first: number;
  /** By inode of the chunk: whether it has no room on the disk. */
  isHole(index: number): boolean;
  /** By inode of the chunk: whether it is not in use. */
  isFree(index: number): boolean;
}

/** The chunks of a group, ascending. @throws DamagedStructureError at the first damage; what `read` throws */
export async function* chunksOf(
  volume: XfsVolume,
  group: number,
  signal: AbortSignal,
): AsyncGenerator<InodeChunk[], void, undefined> {
  const { geometry } = volume;
  const header = await readInodesHeader(volume, group, signal);
  const perGroup = 2 ** (geometry.groupBlockLog + geometry.inodesPerBlockLog);
  const end = groupLength(geometry, group) * 2 ** geometry.inodesPerBlockLog;
  const root = { group, block: header.root, levels: header.levels };
  for await (const { level, bytes, headBytes, count } of walkTree(volume, inodeChunks, root, signal)) {
    if (level > 0) continue;
    const chunks: InodeChunk[] = [];
    for (let index = 0; index < count; index++) {
      const at = headBytes + index * inodeChunks.recordBytes;
      const start = bytes.readUInt32BE(at);
      if (start >= end) continue;
      const holes = geometry.hasSparseInodes ? bytes.readUInt16BE(at + 4) : 0;
      const [freeHigh, freeLow] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
      chunks.push({
        first: group * perGroup + start,
        isHole: (inode) => ((holes >>> Math.floor(inode / HOLE_INODES)) & 1) !== 0,
        isFree: (inode) => (((inode < 32 ? freeLow : freeHigh) >>> (inode & 31)) & 1) !== 0,
      });
    }
    yield chunks;
  }
}

/** The inodes of a chunk that have room, as runs. */
export function* runsOf(chunk: InodeChunk): Generator<{ first: number; count: number }, void, undefined> {
  let first = 0;
  for (let index = 0; index <= CHUNK_INODES; index += HOLE_INODES) {
    if (index < CHUNK_INODES && !chunk.isHole(index)) continue;
    if (index > first) yield { first, count: index - first };
    first = index + HOLE_INODES;
  }
}
