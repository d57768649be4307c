import { ascii, field, safeNumber, struct, u16, u32, u64, type Endianness } from '@diskwright/sdk/struct';
import { bySuperblock, type KnownFormat } from '../knownFormat';

const COMPRESSIONS = ['none', 'gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd'];

const superblock = (endianness: Endianness) =>
  struct(`squashfs superblock, ${endianness} endian`, 'Linux, fs/squashfs/squashfs_fs.h, struct squashfs_super_block', {
    magic: field(ascii(4), endianness === 'little' ? 'hsqs' : 'sqsh'),
    inodes: field(u32(endianness)),
    made: field(u32(endianness), 'seconds since 1970'),
    blockSize: field(u32(endianness), 'bytes'),
    fragments: field(u32(endianness)),
    compression: field(u16(endianness)),
    majorVersion: field(u16(endianness), undefined, { at: 28 }),
    minorVersion: field(u16(endianness)),
    bytesUsed: field(u64(endianness), undefined, { at: 40 }),
  });

function squashfsOf(endianness: Endianness, mark: string): KnownFormat {
  return bySuperblock({
    type: 'squashfs',
    what: 'a squashfs filesystem',
    layout: superblock(endianness),
    magic: 'magic',
    offsets: [0],
    isIts: ({ magic }) => magic === mark,
    identity({ majorVersion, minorVersion, blockSize, bytesUsed, compression }) {
      const version: [string, string] = ['version', `${majorVersion}.${minorVersion}`];
      // Up to version 3 the fields behind the version lie elsewhere.
      if (majorVersion < 4) return { type: 'squashfs3', details: [version] };
      const words: [string, string] = ['compression', COMPRESSIONS[compression] ?? `method ${compression}`];
      return { blockSize, size: safeNumber(bytesUsed), details: [version, words] };
    },
  });
}

export const squashfs = squashfsOf('little', 'hsqs');
export const squashfsBig = squashfsOf('big', 'sqsh');
