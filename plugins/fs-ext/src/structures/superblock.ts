import {
  array,
  ascii,
  bytes,
  field,
  hex16,
  hex32,
  struct,
  u16,
  u32,
  u64,
  u8,
  unixTime32,
  utf8,
  uuid,
} from '@diskwright/sdk/struct';
import { featureNames } from '../features';

/** Where the primary superblock lies on a volume, in bytes, at every block size. */
export const superblockOffset = 1024;
/** Size of a superblock in bytes. */
export const superblockBytes = 1024;
/** `s_magic`. */
export const superblockMagic = 0xef53;

/** A UUID that was never set. */
export const zeroUuid = '00000000-0000-0000-0000-000000000000';

/** Bits of `s_state`. */
export const State = { VALID: 0x1, ERROR: 0x2, ORPHAN: 0x4 } as const;

const none = { compatible: 0, incompatible: 0, readOnlyCompatible: 0 };
const names = (words: Partial<typeof none>): string | undefined => featureNames({ ...none, ...words }).join(' ') || undefined;

function stateInWords(state: number): string {
  const words = [(state & State.VALID) !== 0 ? 'clean' : 'not clean'];
  if ((state & State.ERROR) !== 0) words.push('with errors');
  if ((state & State.ORPHAN) !== 0) words.push('orphans being recovered');
  return words.join(', ');
}

/** `s_errors` in words. */
export const errorBehaviours = ['', 'continue', 'remount read-only', 'panic'];
/** `s_creator_os` in words. */
export const operatingSystems = ['Linux', 'GNU/Hurd', 'Masix', 'FreeBSD', 'Lites'];

/**
 * The superblock of ext2, ext3, ext4 and of an external journal. All fields are little endian; what revision 0 does not have (from offset 0x54)
 * is zero there. `…Low` and `…High` are halves of one value.
 */
export const superblock = struct(
  'ext superblock',
  'Linux kernel, Documentation/filesystems/ext4/super.rst; e2fsprogs, lib/ext2fs/ext2_fs.h, struct ext2_super_block',
  {
    inodesCount: field(u32(), 'inodes in all groups'),
    blocksCountLow: field(u32(), 'blocks, low 32 bits'),
    reservedBlocksCountLow: field(u32(), 'blocks kept for the superuser, low 32 bits'),
    freeBlocksCountLow: field(u32(), 'free blocks, low 32 bits'),
    freeInodesCount: field(u32(), 'free inodes'),
    firstDataBlock: field(u32(), 'block at which group 0 begins: 1 for blocks of 1 KiB, else 0'),
    logBlockSize: field(u32(), 'block size is 2^(10 + this) bytes', {
      check: (value) => (value > 6 ? 'is beyond 6 (64 KiB)' : null),
      meaning: (value) => (value <= 6 ? `${1024 << value} bytes` : undefined),
    }),
    logClusterSize: field(u32(), 'cluster size is 2^(10 + this) bytes; equals the block size without bigalloc'),
    blocksPerGroup: field(u32()),
    clustersPerGroup: field(u32()),
    inodesPerGroup: field(u32()),
    mountTime: field(unixTime32(), 'last mounted, low 32 bits'),
    writeTime: field(unixTime32(), 'last written, low 32 bits'),
    mountCount: field(u16(), 'mounts since the last check'),
    maximumMountCount: field(u16(), 'mounts after which a check is due; 65535 for never'),
    magic: field(hex16(), 'always 0xef53', { check: (value) => (value === superblockMagic ? null : 'is not 0xef53') }),
    state: field(hex16(), 'bit 0: unmounted cleanly; 1: errors found; 2: orphans being recovered', { meaning: stateInWords }),
    errorBehaviour: field(u16(), 'what to do when an error is found', {
      meaning: (value) => errorBehaviours[value] || undefined,
    }),
    minorRevision: field(u16()),
    lastCheckTime: field(unixTime32(), 'last checked, low 32 bits'),
    checkInterval: field(u32(), 'seconds between checks; 0 for never'),
    creatorOperatingSystem: field(u32(), undefined, { meaning: (value) => operatingSystems[value] }),
    revision: field(u32(), '0: original format; 1: with features', { meaning: (value) => ['original', 'dynamic'][value] }),
    defaultReservedUid: field(u16(), 'user who may use the reserved blocks'),
    defaultReservedGid: field(u16(), 'group that may use the reserved blocks'),
    firstInode: field(u32(), 'first inode that is not reserved'),
    inodeSize: field(u16(), 'bytes an inode'),
    blockGroupNumber: field(u16(), 'group that this copy of the superblock lies in'),
    compatibleFeatures: field(hex32(), 'features that an older driver may ignore', {
      meaning: (compatible) => names({ compatible }),
    }),
    incompatibleFeatures: field(hex32(), 'features without which the filesystem cannot be read', {
      meaning: (incompatible) => names({ incompatible }),
    }),
    readOnlyFeatures: field(hex32(), 'features without which the filesystem cannot be written', {
      meaning: (readOnlyCompatible) => names({ readOnlyCompatible }),
    }),
    uuid: field(uuid()),
    volumeName: field(utf8(16), 'label'),
    lastMountedOn: field(utf8(64), 'folder of the last mount'),
    compressionAlgorithms: field(hex32()),
    preallocatedBlocks: field(u8()),
    preallocatedDirectoryBlocks: field(u8()),
    reservedDescriptorBlocks: field(u16(), 'blocks behind the group descriptors kept for growing'),
    journalUuid: field(uuid(), 'UUID of the external journal'),
    journalInode: field(u32(), 'inode of the journal; 0 when it is external'),
    journalDevice: field(hex32(), 'device number of the external journal'),
    lastOrphan: field(u32(), 'first inode of the list of orphans to be deleted'),
    hashSeed: field(bytes(16), 'seed of the directory hash'),
    defaultHashVersion: field(u8()),
    journalBackupType: field(u8(), '1: journalBlocks holds a copy of the journal inode'),
    descriptorSize: field(u16(), 'bytes a group descriptor, with 64bit'),
    defaultMountOptions: field(hex32()),
    firstMetaGroup: field(u32(), 'first meta block group, with meta_bg'),
    creationTime: field(unixTime32(), 'made, low 32 bits'),
    journalBlocks: field(array(hex32(), 17), 'copy of the journal inode: i_block and size'),
    blocksCountHigh: field(u32(), 'blocks, high 32 bits, with 64bit', { at: 0x150 }),
    reservedBlocksCountHigh: field(u32()),
    freeBlocksCountHigh: field(u32(), 'free blocks, high 32 bits, with 64bit'),
    minimumExtraInodeSize: field(u16()),
    wantedExtraInodeSize: field(u16()),
    flags: field(hex32(), 'bit 0: signed directory hash; 1: unsigned; 2: test filesystem'),
    raidStride: field(u16(), 'blocks written to one disk before the next'),
    multiMountInterval: field(u16(), 'seconds between writes of the multi-mount protection block'),
    multiMountBlock: field(u64(), 'block of multi-mount protection, with mmp'),
    raidStripeWidth: field(u32(), 'blocks of one RAID stripe'),
    logGroupsPerFlex: field(u8(), 'a flexible group holds 2^this groups, with flex_bg'),
    checksumType: field(u8(), '1: CRC-32C, with metadata_csum'),
    encryptionLevel: field(u8()),
    kibibytesWritten: field(u64(), 'KiB written over the life of the filesystem', { at: 0x178 }),
    snapshotInode: field(u32()),
    snapshotId: field(u32()),
    snapshotReservedBlocks: field(u64()),
    snapshotList: field(u32()),
    errorCount: field(u32(), 'errors that the kernel found'),
    firstErrorTime: field(unixTime32()),
    firstErrorInode: field(u32()),
    firstErrorBlock: field(u64()),
    firstErrorFunction: field(ascii(32)),
    firstErrorLine: field(u32()),
    lastErrorTime: field(unixTime32()),
    lastErrorInode: field(u32()),
    lastErrorLine: field(u32()),
    lastErrorBlock: field(u64()),
    lastErrorFunction: field(ascii(32)),
    mountOptions: field(ascii(64)),
    userQuotaInode: field(u32()),
    groupQuotaInode: field(u32()),
    overheadBlocks: field(u32(), 'blocks (clusters) of metadata; 0 when not counted'),
    backupGroups: field(array(u32(), 2), 'groups with a backup superblock, with sparse_super2; 0 for none'),
    encryptionAlgorithms: field(bytes(4)),
    encryptionSalt: field(bytes(16)),
    lostAndFoundInode: field(u32()),
    projectQuotaInode: field(u32()),
    checksumSeed: field(hex32(), 'start of metadata checksums, with metadata_csum_seed'),
    writeTimeHigh: field(u8()),
    mountTimeHigh: field(u8()),
    creationTimeHigh: field(u8()),
    lastCheckTimeHigh: field(u8()),
    firstErrorTimeHigh: field(u8()),
    lastErrorTimeHigh: field(u8()),
    firstErrorCode: field(u8()),
    lastErrorCode: field(u8()),
    encoding: field(u16(), 'character set of file names, with casefold'),
    encodingFlags: field(hex16()),
    orphanFileInode: field(u32(), 'inode of the orphan file, with orphan_file'),
    checksum: field(hex32(), 'CRC-32C of the 1020 bytes before it, with metadata_csum', { at: 0x3fc }),
  },
  { size: superblockBytes },
);

/** A parsed superblock. */
export type Superblock = ReturnType<typeof superblock.read>;
