import { DamagedStructureError } from '@diskwright/sdk/errors';
import { isChecksumRight } from '../checksum';
import { toVolumeBlock, type Geometry } from '../geometry';
import { ForkFormat } from '../structures/inode';
import { longTreeBlock } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';
import type { Fork, InodeRecord } from './inodeRecord';

/** Blocks of the volume that hold consecutive blocks of a fork, or one block that says where others are. */
export interface MappedRun {
  kind: 'data' | 'map';
  /** The first block of the fork that it holds, or that is found through it. */
  logical: number;
  /** The first block, in the order of the volume. */
  block: number;
  count: number;
  /** Allocated but never written: reads as zeros. */
  isUnwritten: boolean;
}

/** Told when a block of a map has a wrong checksum; it is used all the same. */
export type ChecksumListener = (block: number) => void;

const EXTENT_BYTES = 16;
const ROOT_HEAD_BYTES = 4;
const SHORT_HEAD_BYTES = 24;
const POINTER_BYTES = 8;
const KEY_BYTES = 8;
const MAP_MAGICS = { short: 0x424d4150, long: 0x424d4133 } as const;
const MAXIMUM_LEVELS = 16;
const CHECKSUM_AT = longTreeBlock.range('checksum').offset;

const headBytes = ({ hasChecksums }: Geometry): number => (hasChecksums ? longTreeBlock.size : SHORT_HEAD_BYTES);

/**
 * Where the blocks of a fork are, in the order of the fork, with the blocks of the map itself in front of what they lead to.
 * @throws DamagedStructureError at the first thing that makes no sense, after all that came before it; what `read` throws
 */
export async function* mapFork(
  volume: XfsVolume,
  inode: InodeRecord,
  fork: Fork,
  signal: AbortSignal,
  onWrongChecksum?: ChecksumListener,
): AsyncGenerator<MappedRun, void, undefined> {
  if (fork.format === ForkFormat.EXTENTS) yield* extentsInFork(volume.geometry, inode, fork);
  else if (fork.format === ForkFormat.TREE) yield* mapTree(volume, inode, fork, signal, onWrongChecksum);
}

/** The extents that stand in the inode itself; none when they are elsewhere. @throws DamagedStructureError */
export function extentsInFork(geometry: Geometry, inode: InodeRecord, fork: Fork): MappedRun[] {
  const { extentsCount: count, bytes } = fork;
  if (fork.format !== ForkFormat.EXTENTS) return [];
  if (count > Math.floor(bytes.length / EXTENT_BYTES))
    throw damaged(inode, `claims ${count} extents, more than there is room for`);
  return parseExtents(geometry, inode, bytes, 0, count);
}

function parseExtents(geometry: Geometry, inode: InodeRecord, bytes: Buffer, start: number, count: number): MappedRun[] {
  const runs: MappedRun[] = [];
  for (let at = start; at < start + count * EXTENT_BYTES; at += EXTENT_BYTES) {
    const first = bytes.readUInt32BE(at);
    const second = bytes.readUInt32BE(at + 4);
    const fourth = bytes.readUInt32BE(at + 12);
    const logical = (first & 0x7fffffff) * 2 ** 23 + (second >>> 9);
    const number = (second & 0x1ff) * 2 ** 43 + bytes.readUInt32BE(at + 8) * 2 ** 11 + (fourth >>> 21);
    const blocks = fourth & 0x1fffff;
    const block = blocks === 0 ? null : toVolumeBlock(geometry, number, blocks);
    if (block === null) throw damaged(inode, `leads to block ${number}, outside of the filesystem`);
    if (logical > Number.MAX_SAFE_INTEGER / geometry.blockSize - blocks)
      throw damaged(inode, `has an extent at block ${logical}, beyond any file`);
    const isUnwritten = geometry.hasUnwritten && first >>> 31 !== 0;
    runs.push({ kind: 'data', logical, block, count: blocks, isUnwritten });
  }
  return runs;
}

interface Child {
  logical: number;
  block: number;
  level: number;
}

/** Depth first, without recursion. Each block is used once: a map that leads back into itself ends in an error. */
async function* mapTree(
  volume: XfsVolume,
  inode: InodeRecord,
  fork: Fork,
  signal: AbortSignal,
  onWrongChecksum?: ChecksumListener,
): AsyncGenerator<MappedRun, void, undefined> {
  const { geometry } = volume;
  const { bytes } = fork;
  if (bytes.length < ROOT_HEAD_BYTES) throw damaged(inode, 'has no room for the root of its map');
  const rootLevel = bytes.readUInt16BE(0);
  const most = Math.floor((bytes.length - ROOT_HEAD_BYTES) / (KEY_BYTES + POINTER_BYTES));
  const count = bytes.readUInt16BE(2);
  if (rootLevel === 0 || rootLevel > MAXIMUM_LEVELS || count > most)
    throw damaged(inode, 'has a root of its map that makes no sense');
  const pending = children(geometry, inode, bytes, { head: ROOT_HEAD_BYTES, count, most, level: rootLevel - 1 }).reverse();
  const seen = new Set<number>();
  for (let child = pending.pop(); child; child = pending.pop()) {
    const { block, logical, level } = child;
    if (seen.has(block)) throw damaged(inode, `leads to block ${block} of its map twice`);
    seen.add(block);
    yield { kind: 'map', logical, block, count: 1, isUnwritten: false };
    const node = await volume.readBlocks(block, 1, signal);
    const magic = geometry.hasChecksums ? MAP_MAGICS.long : MAP_MAGICS.short;
    const entries = node.readUInt16BE(6);
    const head = headBytes(geometry);
    const roomFor = Math.floor((geometry.blockSize - head) / EXTENT_BYTES);
    if (node.readUInt32BE(0) !== magic || node.readUInt16BE(4) !== level || entries > roomFor)
      throw damaged(inode, `has a map whose block ${block} makes no sense`, block * geometry.blockSize);
    if (geometry.hasChecksums && !isChecksumRight(node, CHECKSUM_AT)) onWrongChecksum?.(block);
    if (level === 0) yield* parseExtents(geometry, inode, node, head, entries);
    else pending.push(...children(geometry, inode, node, { head, count: entries, most: roomFor, level: level - 1 }).reverse());
  }
}

function children(
  geometry: Geometry,
  inode: InodeRecord,
  bytes: Buffer,
  { head, count, most, level }: { head: number; count: number; most: number; level: number },
): Child[] {
  return Array.from({ length: count }, (_, index) => {
    const logical = Number(bytes.readBigUInt64BE(head + index * KEY_BYTES));
    const number = Number(bytes.readBigUInt64BE(head + most * KEY_BYTES + index * POINTER_BYTES));
    const block = toVolumeBlock(geometry, number);
    if (block === null) throw damaged(inode, `has a map that leads to block ${number}, outside of the filesystem`);
    return { logical, block, level };
  });
}

function damaged(inode: InodeRecord, problem: string, offset?: number): DamagedStructureError {
  return new DamagedStructureError('XFS block map', `inode ${inode.number} ${problem}`, offset === undefined ? {} : { offset });
}
