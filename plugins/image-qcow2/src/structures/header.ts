import { field, hex32, hex64, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

const SOURCE = 'QEMU, docs/interop/qcow2.txt';

/** `QFI\xfb` */
export const QCOW_MAGIC = 0x514649fb;

/** What versions 2 and 3 have in common. */
export const header = struct('qcow2 header', `${SOURCE}, "Header"`, {
  magic: field(hex32('big'), '"QFI\\xfb"'),
  version: field(u32('big'), '2 or 3'),
  backingFileOffset: field(u64('big'), "where the backing file's name stands; 0 for none"),
  backingFileSize: field(u32('big'), 'bytes of that name'),
  clusterBits: field(u32('big'), 'the cluster size is 2 to the power of this'),
  size: field(u64('big'), 'bytes of the disk'),
  encryption: field(u32('big'), '0 none, 1 AES, 2 LUKS', {
    meaning: (value) => ({ 0: 'none', 1: 'AES', 2: 'LUKS' })[value],
  }),
  l1Size: field(u32('big'), 'entries of the active L1 table'),
  l1TableOffset: field(u64('big')),
  refcountTableOffset: field(u64('big')),
  refcountTableClusters: field(u32('big')),
  snapshotCount: field(u32('big')),
  snapshotsOffset: field(u64('big')),
});

/** What version 3 has beside that. */
export const headerVersion3 = struct('qcow2 header, version 3', `${SOURCE}, "Header"`, {
  incompatibleFeatures: field(hex64('big'), 'bits that a reader has to know', { at: 72 }),
  compatibleFeatures: field(hex64('big')),
  autoclearFeatures: field(hex64('big')),
  refcountOrder: field(u32('big')),
  headerLength: field(u32('big'), 'bytes of the header'),
});

/** Present where the header is longer than 104 bytes. */
export const headerCompression = struct('qcow2 header, additional fields', `${SOURCE}, "Additional fields"`, {
  compressionType: field(u8(), '0 deflate, 1 zstd', { at: 104 }),
});

export const headerExtension = struct('qcow2 header extension', `${SOURCE}, "Header extensions"`, {
  type: field(hex32('big')),
  length: field(u32('big'), 'bytes of its data, padded to a multiple of 8'),
});

export const snapshotEntry = struct('qcow2 snapshot', `${SOURCE}, "Snapshots"`, {
  l1TableOffset: field(u64('big')),
  l1Size: field(u32('big'), 'entries of its L1 table'),
  idSize: field(u16('big'), 'bytes of the id'),
  nameSize: field(u16('big'), 'bytes of the name'),
  seconds: field(u32('big'), 'when it was made, seconds since 1970'),
  nanoseconds: field(u32('big')),
  clockNanoseconds: field(u64('big')),
  stateSize: field(u32('big'), "bytes of the machine's state"),
  extraSize: field(u32('big'), 'bytes that follow before id and name'),
});
