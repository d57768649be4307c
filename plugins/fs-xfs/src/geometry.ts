import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { Features2, Incompatible, ReadOnly, VersionBit } from './features';
import type { Superblock } from './structures/superblock';

/** Where things lie. Blocks are numbered from 0 in the order of the volume, unlike XFS' own numbers, which have gaps between the groups. */
export interface Geometry {
  /** Version 5: checksums, and headers that say whose a block is. */
  hasChecksums: boolean;
  blockSize: number;
  blocksCount: number;
  groupBlocks: number;
  groupsCount: number;
  /** Bits of a block number within its group. */
  groupBlockLog: number;
  sectorSize: number;
  inodeSize: number;
  inodesPerBlockLog: number;
  rootInode: number;
  directoryBlockSize: number;
  /** Directories say what type their files are. */
  hasFileTypes: boolean;
  /** The first bit of an extent says that it is unwritten. */
  hasUnwritten: boolean;
  hasSparseInodes: boolean;
  hasFreeInodeTree: boolean;
  hasReverseMap: boolean;
  hasReflinks: boolean;
  /** Names in directories are the same whatever the case of their ASCII letters. */
  ignoresCase: boolean;
  /** The internal log; null when it is on another device. */
  log: { firstBlock: number; blocks: number } | null;
}

const isPowerOfTwo = (value: number, least: number, most: number): boolean =>
  value >= least && value <= most && (value & (value - 1)) === 0;

/** @throws DamagedStructureError when the numbers cannot be or do not agree */
export function geometryOf(value: Superblock): Geometry {
  const version = value.version & 0xf;
  const fail = (problem: string): never => {
    throw new DamagedStructureError('XFS superblock', `the XFS superblock makes no sense: ${problem}`, {
      offset: 0,
      length: 512,
    });
  };
  if (version !== 4 && version !== 5) fail(`version ${version} is not 4 or 5`);
  if ((value.version & VersionBit.DIRECTORY_2) === 0) fail('its directories are of version 1, which is not read');
  const { blockSize, sectorSize, inodeSize, groupBlocks, groupsCount, groupBlockLog } = value;
  if (!isPowerOfTwo(blockSize, 512, 65536) || 1 << value.blockLog !== blockSize) fail(`blocks of ${blockSize} bytes`);
  if (!isPowerOfTwo(sectorSize, 512, 32768) || sectorSize > blockSize) fail(`sectors of ${sectorSize} bytes`);
  if (!isPowerOfTwo(inodeSize, 256, 2048) || inodeSize > blockSize) fail(`inodes of ${inodeSize} bytes`);
  if (1 << value.inodesPerBlockLog !== blockSize / inodeSize) fail(`${2 ** value.inodesPerBlockLog} inodes a block`);
  const blocksCount = safeNumber(value.blocksCount);
  const isWholeGroups = groupsCount > 0 && groupBlocks >= 64 && groupBlockLog <= 31 && groupBlocks <= 2 ** groupBlockLog;
  if (!isWholeGroups) fail(`${groupsCount} groups of ${groupBlocks} blocks`);
  if (blocksCount > groupsCount * groupBlocks || blocksCount <= (groupsCount - 1) * groupBlocks)
    fail(`${blocksCount} blocks in ${groupsCount} groups of ${groupBlocks}`);
  if (blocksCount * blockSize > Number.MAX_SAFE_INTEGER) fail(`${blocksCount} blocks`);
  if (value.directoryBlockLog + value.blockLog > 16) fail(`directory blocks of 2^${value.directoryBlockLog} blocks`);

  const isFive = version === 5;
  const incompatible = isFive ? value.incompatibleFeatures : 0;
  const readOnly = isFive ? value.readOnlyFeatures : 0;
  const features2 = (value.version & VersionBit.MORE_BITS) !== 0 ? value.features2 : 0;
  const geometry: Geometry = {
    hasChecksums: isFive,
    blockSize,
    blocksCount,
    groupBlocks,
    groupsCount,
    groupBlockLog,
    sectorSize,
    inodeSize,
    inodesPerBlockLog: value.inodesPerBlockLog,
    rootInode: safeNumber(value.rootInode),
    directoryBlockSize: blockSize << value.directoryBlockLog,
    hasFileTypes: (incompatible & Incompatible.FTYPE) !== 0 || (features2 & Features2.FTYPE) !== 0,
    hasUnwritten: isFive || (value.version & VersionBit.EXTENT_FLAG) !== 0,
    hasSparseInodes: (incompatible & Incompatible.SPARSE_INODES) !== 0,
    hasFreeInodeTree: (readOnly & ReadOnly.FINOBT) !== 0,
    hasReverseMap: (readOnly & ReadOnly.RMAPBT) !== 0,
    hasReflinks: (readOnly & ReadOnly.REFLINK) !== 0,
    ignoresCase: (value.version & VersionBit.ASCII_CI) !== 0,
    log: null,
  };
  if (value.logStart !== 0n) {
    const firstBlock = toVolumeBlock(geometry, safeNumber(value.logStart), value.logBlocks);
    if (firstBlock === null || value.logBlocks === 0) fail('its log lies outside of the filesystem');
    else geometry.log = { firstBlock, blocks: value.logBlocks };
  }
  return geometry;
}

/** Blocks of a group. */
export function groupLength({ groupBlocks, blocksCount }: Geometry, group: number): number {
  return Math.min(groupBlocks, blocksCount - group * groupBlocks);
}

/** XFS' number of a block as one in the order of the volume; null when the blocks from there on are not all in one group. */
export function toVolumeBlock(geometry: Geometry, number: number, count = 1): number | null {
  const perGroup = 2 ** geometry.groupBlockLog;
  const group = Math.floor(number / perGroup);
  const block = number % perGroup;
  if (!(group < geometry.groupsCount) || block > groupLength(geometry, group) - count) return null;
  return group * geometry.groupBlocks + block;
}

/** Where an inode lies, in bytes; null when there is no such place. */
export function inodeOffset(geometry: Geometry, inode: number): number | null {
  const perBlock = 2 ** geometry.inodesPerBlockLog;
  const block = toVolumeBlock(geometry, Math.floor(inode / perBlock));
  return block === null || inode < 1 ? null : block * geometry.blockSize + (inode % perBlock) * geometry.inodeSize;
}

/** The number of the first inode that could lie in a block. */
export function firstInodeIn(geometry: Geometry, volumeBlock: number): number {
  const group = Math.floor(volumeBlock / geometry.groupBlocks);
  const number = group * 2 ** geometry.groupBlockLog + (volumeBlock % geometry.groupBlocks);
  return number * 2 ** geometry.inodesPerBlockLog;
}
