import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { crc32c } from '@diskwright/sdk/struct';
import { Compatible, Incompatible, ReadOnlyCompatible, type FeatureWords } from './features';
import { superblockMagic, superblockOffset, type Superblock } from './structures/superblock';

/** Descriptors are held in memory; this many bytes of them describe 512 TiB in blocks of 4 KiB. */
const maximumDescriptorBytes = 256 * 1024 * 1024;

/**
 * Where things lie, worked out from a superblock whose numbers agree with each other. Blocks and groups are counted from 0; a block number times
 * `blockSize` is a byte offset on the volume.
 */
export interface Geometry {
  features: FeatureWords;
  blockSize: number;
  /** Blocks that one bit of a block bitmap stands for; 1 without bigalloc. */
  blocksPerCluster: number;
  blocksCount: number;
  /** Block at which group 0 begins. */
  firstDataBlock: number;
  blocksPerGroup: number;
  clustersPerGroup: number;
  groupsCount: number;
  inodesPerGroup: number;
  inodeSize: number;
  inodeTableBlocks: number;
  descriptorSize: number;
  descriptorsPerBlock: number;
  /** Blocks of the whole group descriptor table. */
  descriptorBlocks: number;
  /** Blocks behind the descriptors that are kept for growing. */
  reservedDescriptorBlocks: number;
  /** First meta block group: descriptor blocks from here on lie in their own groups. Beyond all groups without meta_bg. */
  firstMetaGroup: number;
  /** The two groups with backups under sparse_super2, else null. */
  backupGroups: readonly number[] | null;
  /** How group descriptors are protected. */
  descriptorChecksum: 'none' | 'crc16' | 'crc32c';
  /** Start of metadata checksums. */
  checksumSeed: number;
  uuid: Buffer;
}

/** The feature words of a superblock. */
export function featuresOf(value: Superblock): FeatureWords {
  return {
    compatible: value.compatibleFeatures,
    incompatible: value.incompatibleFeatures,
    readOnlyCompatible: value.readOnlyFeatures,
  };
}

/** Joins the halves of a block count; the upper one counts with 64bit only (e2fsprogs, `ext2fs_blocks_count`). Infinity beyond 2^53 − 1. */
function blockCount(features: FeatureWords, low: number, high: number): number {
  const is64Bit = (features.incompatible & Incompatible.SIXTY_FOUR_BIT) !== 0;
  return safeNumber((BigInt(is64Bit ? high : 0) << 32n) | BigInt(low));
}

/** Total and free blocks as the superblock counts them. */
export function blockCounts(value: Superblock): { total: number; free: number } {
  const features = featuresOf(value);
  return {
    total: blockCount(features, value.blocksCountLow, value.blocksCountHigh),
    free: blockCount(features, value.freeBlocksCountLow, value.freeBlocksCountHigh),
  };
}

function damaged(problem: string): DamagedStructureError {
  return new DamagedStructureError('ext superblock', `ext superblock: ${problem}`, {
    offset: superblockOffset,
    length: 1024,
    todo: 'Check the filesystem with e2fsck -n; a backup superblock can be given to it with -b.',
  });
}

const isPowerOfTwo = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

/** Block size in bytes. @throws DamagedStructureError when magic or size is wrong */
export function blockSizeOf(value: Superblock): number {
  if (value.magic !== superblockMagic) throw damaged('the magic number is not 0xef53');
  if (value.logBlockSize > 6) throw damaged(`a block size of 2^${10 + value.logBlockSize} bytes is beyond 64 KiB`);
  return 1024 * 2 ** value.logBlockSize;
}

/**
 * Works out the geometry, refusing numbers that the kernel (`ext4_fill_super`) and e2fsprogs (`ext2fs_open2`) refuse, too. That the filesystem
 * fits its volume is not checked here.
 * @throws DamagedStructureError naming the first number that cannot be right
 */
export function geometryOf(value: Superblock, uuid: Buffer): Geometry {
  const features = featuresOf(value);
  const blockSize = blockSizeOf(value);
  const has = (word: number, bit: number): boolean => (word & bit) !== 0;
  const hasClusters = has(features.readOnlyCompatible, ReadOnlyCompatible.BIGALLOC);
  const bitsPerBlock = blockSize * 8;

  if (has(features.incompatible, Incompatible.JOURNAL_DEV))
    throw damaged('it describes an external journal, which has no groups');
  if (value.revision > 1) throw damaged(`revision ${value.revision} is not known`);
  if (hasClusters && (value.logClusterSize < value.logBlockSize || value.logClusterSize > 19))
    throw damaged(`a cluster of 2^${10 + value.logClusterSize} bytes does not go with blocks of ${blockSize}`);
  if (!hasClusters && value.logClusterSize !== value.logBlockSize)
    throw damaged('fragments smaller or larger than a block were never implemented');
  const blocksPerCluster = hasClusters ? 2 ** (value.logClusterSize - value.logBlockSize) : 1;

  const { blocksPerGroup } = value;
  const clustersPerGroup = hasClusters ? value.clustersPerGroup : blocksPerGroup;
  if (clustersPerGroup < 8 || clustersPerGroup > bitsPerBlock || clustersPerGroup % 8 !== 0)
    throw damaged(`${clustersPerGroup} clusters in a group do not fit a bitmap of one block`);
  if (blocksPerGroup !== clustersPerGroup * blocksPerCluster)
    throw damaged(`${blocksPerGroup} blocks in a group are not ${clustersPerGroup} clusters of ${blocksPerCluster}`);

  const { total: blocksCount } = blockCounts(value);
  const expectedFirst = blockSize === 1024 && blocksPerCluster === 1 ? 1 : 0;
  if (value.firstDataBlock !== expectedFirst)
    throw damaged(`group 0 begins at block ${value.firstDataBlock} instead of ${expectedFirst}`);
  if (blocksCount <= value.firstDataBlock) throw damaged(`${blocksCount} blocks in all are too few`);
  if (!Number.isSafeInteger(blocksCount * blockSize)) throw damaged(`${blocksCount} blocks in all are too many`);
  const groupsCount = Math.ceil((blocksCount - value.firstDataBlock) / blocksPerGroup);

  const inodeSize = value.revision === 0 ? 128 : value.inodeSize;
  if (inodeSize < 128 || inodeSize > blockSize || !isPowerOfTwo(inodeSize))
    throw damaged(`an inode of ${inodeSize} bytes is not possible`);
  if (value.inodesPerGroup < blockSize / inodeSize || value.inodesPerGroup > bitsPerBlock)
    throw damaged(`${value.inodesPerGroup} inodes in a group do not fit a bitmap of one block`);
  if (value.inodesPerGroup * groupsCount !== value.inodesCount)
    throw damaged(`${value.inodesCount} inodes in all are not ${value.inodesPerGroup} in each of ${groupsCount} groups`);

  const descriptorSize = has(features.incompatible, Incompatible.SIXTY_FOUR_BIT) ? value.descriptorSize : 32;
  if (descriptorSize !== 32 && (descriptorSize < 64 || descriptorSize > 1024 || !isPowerOfTwo(descriptorSize)))
    throw damaged(`a group descriptor of ${descriptorSize} bytes is not possible with 64bit`);
  if (descriptorSize === 32 && has(features.incompatible, Incompatible.SIXTY_FOUR_BIT))
    throw damaged('a group descriptor of 32 bytes is not possible with 64bit');
  if (groupsCount * descriptorSize > maximumDescriptorBytes)
    throw damaged(`${groupsCount} groups are more than can be described`);
  const descriptorsPerBlock = blockSize / descriptorSize;
  const descriptorBlocks = Math.ceil(groupsCount / descriptorsPerBlock);

  const hasMetaGroups = has(features.incompatible, Incompatible.META_BG);
  if (hasMetaGroups && value.firstMetaGroup > descriptorBlocks)
    throw damaged(`the first meta group ${value.firstMetaGroup} lies behind all ${descriptorBlocks}`);
  if (value.reservedDescriptorBlocks > blockSize / 4)
    throw damaged(`${value.reservedDescriptorBlocks} reserved descriptor blocks are more than the resize inode can hold`);

  const hasMetadataChecksums = has(features.readOnlyCompatible, ReadOnlyCompatible.METADATA_CSUM);
  const hasDescriptorChecksums = has(features.readOnlyCompatible, ReadOnlyCompatible.GDT_CSUM);
  return {
    features,
    blockSize,
    blocksPerCluster,
    blocksCount,
    firstDataBlock: value.firstDataBlock,
    blocksPerGroup,
    clustersPerGroup,
    groupsCount,
    inodesPerGroup: value.inodesPerGroup,
    inodeSize,
    inodeTableBlocks: Math.ceil((value.inodesPerGroup * inodeSize) / blockSize),
    descriptorSize,
    descriptorsPerBlock,
    descriptorBlocks,
    reservedDescriptorBlocks: value.reservedDescriptorBlocks,
    firstMetaGroup: hasMetaGroups ? value.firstMetaGroup : descriptorBlocks,
    backupGroups: has(features.compatible, Compatible.SPARSE_SUPER2) ? value.backupGroups : null,
    descriptorChecksum: hasMetadataChecksums ? 'crc32c' : hasDescriptorChecksums ? 'crc16' : 'none',
    checksumSeed: has(features.incompatible, Incompatible.CSUM_SEED) ? value.checksumSeed : crc32c(0xffffffff, uuid),
    uuid,
  };
}
