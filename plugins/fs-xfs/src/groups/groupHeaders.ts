import { DamagedStructureError } from '@diskwright/sdk/errors';
import { isChecksumRight } from '../checksum';
import { groupLength } from '../geometry';
import {
  FREE_LIST_CHECKSUM_AT,
  FREE_LIST_MAGIC,
  FREE_SPACE_CHECKSUM_AT,
  FREE_SPACE_MAGIC,
  freeListHeader,
  freeSpaceHeader,
  INODES_CHECKSUM_AT,
  INODES_MAGIC,
  inodesHeader,
  type FreeSpaceHeader,
  type InodesHeader,
} from '../structures/groupHeaders';
import type { XfsVolume } from '../volume';

/** Which sector of a group holds which of its headers. */
export const HeaderSector = { SUPERBLOCK: 0, FREE_SPACE: 1, INODES: 2, FREE_LIST: 3 } as const;
/** Sectors at the start of a group that hold its headers. */
export const HEADER_SECTORS = 4;

/** Where a header of a group lies, in bytes. */
export function headerOffset({ geometry }: XfsVolume, group: number, sector: number): number {
  return group * geometry.groupBlocks * geometry.blockSize + sector * geometry.sectorSize;
}

/** Blocks at the start of a group that hold its headers. */
export function headerBlocks({ geometry }: XfsVolume): number {
  return Math.ceil((HEADER_SECTORS * geometry.sectorSize) / geometry.blockSize);
}

/** What is free in a group. @throws DamagedStructureError when it is not whole; what `read` throws */
export async function readFreeSpaceHeader(volume: XfsVolume, group: number, signal: AbortSignal): Promise<FreeSpaceHeader> {
  const bytes = await readSector(volume, group, HeaderSector.FREE_SPACE, FREE_SPACE_CHECKSUM_AT, signal);
  const header = freeSpaceHeader.read(bytes);
  checkHeader(volume, group, header, FREE_SPACE_MAGIC, HeaderSector.FREE_SPACE);
  return header;
}

/** Where the inodes of a group are. @throws as {@link readFreeSpaceHeader} */
export async function readInodesHeader(volume: XfsVolume, group: number, signal: AbortSignal): Promise<InodesHeader> {
  const bytes = await readSector(volume, group, HeaderSector.INODES, INODES_CHECKSUM_AT, signal);
  const header = inodesHeader.read(bytes);
  checkHeader(volume, group, header, INODES_MAGIC, HeaderSector.INODES);
  return header;
}

/** Blocks, within the group, that are kept for its trees. @throws as {@link readFreeSpaceHeader} */
export async function readFreeList(volume: XfsVolume, header: FreeSpaceHeader, signal: AbortSignal): Promise<number[]> {
  const { hasChecksums } = volume.geometry;
  const bytes = await readSector(volume, header.group, HeaderSector.FREE_LIST, FREE_LIST_CHECKSUM_AT, signal);
  const damaged = new DamagedStructureError('XFS free list', `the free list of group ${header.group} makes no sense`, {
    offset: headerOffset(volume, header.group, HeaderSector.FREE_LIST),
    length: bytes.length,
  });
  if (hasChecksums && bytes.readUInt32BE(0) !== FREE_LIST_MAGIC) throw damaged;
  const start = hasChecksums ? freeListHeader.size : 0;
  const places = Math.floor((bytes.length - start) / 4);
  const { freeListFirst, freeListCount } = header;
  if (freeListFirst >= places || freeListCount > places) throw damaged;
  return Array.from({ length: freeListCount }, (_, index) => bytes.readUInt32BE(start + ((freeListFirst + index) % places) * 4));
}

async function readSector(
  volume: XfsVolume,
  group: number,
  sector: number,
  checksumAt: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const { sectorSize, hasChecksums } = volume.geometry;
  const offset = headerOffset(volume, group, sector);
  if (offset > volume.source.size - sectorSize)
    throw new DamagedStructureError('XFS group', `the headers of group ${group} lie outside of the volume`);
  const bytes = await volume.source.read(offset, sectorSize, signal);
  if (hasChecksums && !isChecksumRight(bytes, checksumAt))
    throw new DamagedStructureError('XFS group', `a header of group ${group} has a wrong checksum`, {
      offset,
      length: sectorSize,
    });
  return bytes;
}

function checkHeader(
  volume: XfsVolume,
  group: number,
  header: { magic: number; version: number; group: number; blocks: number },
  magic: number,
  sector: number,
): void {
  const isRight = header.magic === magic && header.version === 1 && header.group === group;
  if (isRight && header.blocks === groupLength(volume.geometry, group)) return;
  throw new DamagedStructureError('XFS group', `a header of group ${group} makes no sense`, {
    offset: headerOffset(volume, group, sector),
    length: volume.geometry.sectorSize,
  });
}
