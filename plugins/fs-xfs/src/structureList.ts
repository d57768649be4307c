import { rangesMeet } from '@diskwright/sdk/extents';
import { readOrNull } from '@diskwright/sdk/files';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import { checksumOf } from './checksum';
import { selfDescribed } from './structures/selfDescribed';
import { inodeOffset } from './geometry';
import { headerOffset, HeaderSector } from './groups/groupHeaders';
import { groupTrees } from './groups/groupTrees';
import { walkTree } from './groups/groupTree';
import { chunksOf, runsOf } from './groups/inodeChunks';
import { freeListHeader, freeSpaceHeader, inodesHeader } from './structures/groupHeaders';
import { INODE_CHECKSUM_AT, inode } from './structures/inode';
import { logRecord, LOG_RECORD_MAGIC } from './structures/logRecord';
import { superblock } from './structures/superblock';
import { shortTreeBlock } from './structures/treeBlock';
import { logRange } from './survey';
import type { XfsVolume } from './volume';

/** Of a range that is looked at, no more is searched for what has no known place. */
const MOST_SEARCHED_BYTES = 1024 * 1024;
const LOG_BLOCK_BYTES = 512;

interface Layout {
  readonly size: number;
  readonly name: string;
  instance(buffer: Buffer, offset: number, base: number, code: string): StructureInstance;
}

/** A structure as the sector view shows it; a wrong checksum over `length` bytes is a finding. */
function instanceOf(
  layout: Layout,
  bytes: Buffer,
  base: number,
  code: string,
  checksum?: { at: number; length: number },
): StructureInstance {
  const padded = bytes.length < layout.size ? Buffer.concat([bytes, Buffer.alloc(layout.size - bytes.length)]) : bytes;
  const instance = layout.instance(padded, 0, base, code);
  if (!checksum) return instance;
  const expected = checksumOf(bytes.subarray(0, checksum.length), checksum.at);
  if (expected === bytes.readUInt32LE(checksum.at)) return instance;
  instance.findings.push({
    severity: 'error',
    code: `${code}.checksum`,
    message: `${layout.name}: checksum is not 0x${expected.toString(16).padStart(8, '0')}, which its bytes give`,
    ranges: [{ offset: base + checksum.at, length: 4 }],
  });
  return instance;
}

/**
 * Headers, trees and inodes of the groups, made as they are asked for. With a range those that meet it, and what lies in it of the log, of directories, maps
 * and attributes, whose blocks say what they are.
 */
export async function* listStructures(
  volume: XfsVolume,
  signal: AbortSignal,
  range?: ByteRange,
): AsyncGenerator<StructureInstance> {
  const { geometry } = volume;
  const groupBytes = geometry.groupBlocks * geometry.blockSize;
  const wanted = range ?? { offset: 0, length: Number.MAX_SAFE_INTEGER };
  const first = Math.min(Math.floor(wanted.offset / groupBytes), volume.readableGroups);
  const end = Math.min(Math.ceil((wanted.offset + wanted.length) / groupBytes), volume.readableGroups);
  for (let group = first; group < end; group++) {
    signal.throwIfAborted();
    yield* headersOf(volume, group, wanted, signal);
    yield* treesOf(volume, group, wanted, signal);
    yield* inodesOf(volume, group, wanted, signal);
  }
  if (range && range.length <= MOST_SEARCHED_BYTES) {
    yield* logRecordsIn(volume, range, signal);
    yield* blocksIn(volume, range, signal);
  }
}

async function* headersOf(
  volume: XfsVolume,
  group: number,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance> {
  const { sectorSize, hasChecksums } = volume.geometry;
  const headers: [sector: number, layout: Layout, name: string, checksumAt: number][] = [
    [HeaderSector.SUPERBLOCK, superblock, 'superblock', superblock.range('checksum').offset],
    [HeaderSector.FREE_SPACE, freeSpaceHeader, 'group.freeSpace', freeSpaceHeader.range('checksum').offset],
    [HeaderSector.INODES, inodesHeader, 'group.inodes', inodesHeader.range('checksum').offset],
  ];
  if (hasChecksums)
    headers.push([HeaderSector.FREE_LIST, freeListHeader, 'group.freeList', freeListHeader.range('checksum').offset]);
  for (const [sector, layout, name, at] of headers) {
    const offset = headerOffset(volume, group, sector);
    if (!rangesMeet({ offset, length: sectorSize }, range) || offset > volume.source.size - sectorSize) continue;
    const bytes = await volume.source.read(offset, sectorSize, signal);
    yield instanceOf(layout, bytes, offset, `xfs.${name}`, hasChecksums ? { at, length: sectorSize } : undefined);
  }
}

async function* treesOf(
  volume: XfsVolume,
  group: number,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance> {
  const { blockSize, hasChecksums } = volume.geometry;
  if (!hasChecksums) return;
  for (const { kind, root } of (await readOrNull(() => groupTrees(volume, group, signal))) ?? []) {
    const found: StructureInstance[] = [];
    // A damaged tree is a finding of check; what comes before the damage is shown.
    await readOrNull(async () => {
      for await (const { block, bytes } of walkTree(volume, kind, root, signal)) {
        const offset = block * blockSize;
        if (!rangesMeet({ offset, length: blockSize }, range)) continue;
        const instance = instanceOf(shortTreeBlock, bytes, offset, 'xfs.tree');
        found.push({ ...instance, name: `${instance.name}: ${kind.name}` });
      }
    });
    yield* found;
  }
}

async function* inodesOf(
  volume: XfsVolume,
  group: number,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance> {
  const { geometry, source } = volume;
  const { inodeSize, hasChecksums } = geometry;
  const places: { offset: number; length: number }[] = [];
  await readOrNull(async () => {
    for await (const chunks of chunksOf(volume, group, signal))
      for (const chunk of chunks)
        for (const { first, count } of runsOf(chunk)) {
          const offset = inodeOffset(geometry, chunk.first + first);
          const place = { offset: offset ?? 0, length: count * inodeSize };
          if (offset !== null && offset <= source.size - place.length && rangesMeet(place, range)) places.push(place);
        }
  });
  for (const { offset, length } of places) {
    const bytes = await readOrNull(() => source.read(offset, length, signal));
    for (let at = 0; bytes && at < length; at += inodeSize) {
      if (!rangesMeet({ offset: offset + at, length: inodeSize }, range)) continue;
      const checksum = hasChecksums ? { at: INODE_CHECKSUM_AT, length: inodeSize } : undefined;
      yield instanceOf(inode, bytes.subarray(at, at + inodeSize), offset + at, 'xfs.inode', checksum);
    }
  }
}

async function* logRecordsIn(volume: XfsVolume, range: ByteRange, signal: AbortSignal): AsyncGenerator<StructureInstance> {
  const log = logRange(volume);
  const start = Math.max(log.offset, Math.floor(range.offset / LOG_BLOCK_BYTES) * LOG_BLOCK_BYTES);
  const end = Math.min(log.offset + log.length, range.offset + range.length, volume.source.size - LOG_BLOCK_BYTES);
  for (let offset = start; offset < end; offset += LOG_BLOCK_BYTES) {
    const bytes = await readOrNull(() => volume.source.read(offset, LOG_BLOCK_BYTES, signal));
    if (bytes?.readUInt32BE(0) === LOG_RECORD_MAGIC) yield instanceOf(logRecord, bytes, offset, 'xfs.log');
  }
}

async function* blocksIn(volume: XfsVolume, range: ByteRange, signal: AbortSignal): AsyncGenerator<StructureInstance> {
  const { blockSize, hasChecksums } = volume.geometry;
  const end = Math.min(Math.ceil((range.offset + range.length) / blockSize), volume.readableBlocks);
  for (let block = Math.floor(range.offset / blockSize); hasChecksums && block < end; block++) {
    const bytes = await readOrNull(() => volume.readBlocks(block, 1, signal));
    const layout = bytes && selfDescribed(bytes, (block * blockSize) / LOG_BLOCK_BYTES);
    if (layout) yield instanceOf(layout, bytes, block * blockSize, 'xfs.block');
  }
}
