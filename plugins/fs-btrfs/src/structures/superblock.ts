import { array, ascii, bytes, field, hex64, struct, u16, u32, u64, u8, utf8, uuid } from '@diskwright/sdk/struct';
import { checksumNames } from '../checksum/checksumTypes';

export const SUPERBLOCK_BYTES = 4096;
export const SUPERBLOCK_MAGIC = '_BHRfS_M';
/** Where the superblock and its copies lie, as far as the device reaches. */
export const SUPERBLOCK_OFFSETS = [0x1_0000, 0x400_0000, 0x40_0000_0000] as const;
/** Bytes at the start of each device that the filesystem leaves to boot loaders. */
export const RESERVED_BYTES = 1024 * 1024;
export const SYSTEM_CHUNKS_BYTES = 2048;

const source = 'Linux, include/uapi/linux/btrfs_tree.h, struct btrfs_super_block';

/** The 98 bytes that say which device of the filesystem this is. */
export const deviceItem = struct('btrfs device item', 'Linux, include/uapi/linux/btrfs_tree.h, struct btrfs_dev_item', {
  deviceId: field(u64(), 'number of the device in its filesystem'),
  totalBytes: field(u64(), 'size of the device'),
  bytesUsed: field(u64(), 'of it in chunks'),
  ioAlign: field(u32()),
  ioWidth: field(u32()),
  sectorSize: field(u32()),
  type: field(u64()),
  generation: field(u64()),
  startOffset: field(u64()),
  deviceGroup: field(u32()),
  seekSpeed: field(u8()),
  bandwidth: field(u8()),
  uuid: field(uuid(), 'of the device'),
  filesystemId: field(uuid(), 'of the filesystem that it belongs to'),
});

/** A superblock; fixed places, so that the device item stands in it field by field. */
export const superblock = struct(
  'btrfs superblock',
  source,
  {
    checksum: field(bytes(32), 'over all bytes behind it'),
    filesystemId: field(uuid(), 'UUID that users see'),
    offset: field(u64(), 'where this copy lies'),
    flags: field(hex64()),
    magic: field(ascii(8), undefined, { check: (value) => (value === SUPERBLOCK_MAGIC ? null : `is not ${SUPERBLOCK_MAGIC}`) }),
    generation: field(u64(), 'transaction that wrote it'),
    rootTree: field(u64(), 'logical address of the tree of roots'),
    chunkTree: field(u64(), 'logical address of the tree of chunks'),
    logTree: field(u64(), 'logical address of the log of synchronised changes; 0 without any'),
    logTransaction: field(u64()),
    totalBytes: field(u64(), 'of all devices'),
    bytesUsed: field(u64(), 'logical bytes in use'),
    rootDirectory: field(u64()),
    devicesCount: field(u64()),
    sectorSize: field(u32(), 'bytes of the unit of file content'),
    nodeSize: field(u32(), 'bytes of a tree block'),
    leafSize: field(u32()),
    stripeSize: field(u32()),
    systemChunksBytes: field(u32(), 'used bytes of the list of system chunks'),
    chunkTreeGeneration: field(u64()),
    compatibleFeatures: field(hex64()),
    readOnlyFeatures: field(hex64(), 'features without which it may only be read'),
    incompatibleFeatures: field(hex64(), 'features without which it cannot be read'),
    checksumType: field(u16(), undefined, { meaning: (value) => checksumNames[value] ?? 'unknown' }),
    rootTreeLevel: field(u8()),
    chunkTreeLevel: field(u8()),
    logTreeLevel: field(u8()),
    deviceId: field(u64(), 'number of this device'),
    deviceBytes: field(u64(), 'size of this device'),
    deviceBytesUsed: field(u64(), 'bytes of this device in chunks'),
    deviceUuid: field(uuid(), undefined, { at: 0x10b }),
    deviceFilesystemId: field(uuid()),
    label: field(utf8(256)),
    cacheGeneration: field(u64(), 'transaction of the free space cache of version 1'),
    uuidTreeGeneration: field(u64()),
    metadataId: field(uuid(), 'UUID that tree blocks bear, where METADATA_UUID is set'),
    systemChunks: field(bytes(SYSTEM_CHUNKS_BYTES), 'keys and chunks that hold the tree of chunks', { at: 0x32b }),
    backupRoots: field(array(bytes(168), 4), 'roots of the last transactions'),
  },
  { size: SUPERBLOCK_BYTES },
);
export type Superblock = ReturnType<typeof superblock.read>;
