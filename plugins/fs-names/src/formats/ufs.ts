import { field, hex32, struct, u32, utf8, type Endianness } from '@diskwright/sdk/struct';
import { bySuperblock, type KnownFormat } from '../knownFormat';

/** UFS1 as well in the forms of HP-UX and of Solaris for large disks. */
const MAGICS = [0x00011954, 0x19540119, 0x00095014, 0x00195612, 0x05231994, 0x00612195];
const OFFSETS = [0, 8192, 65536, 262144];

const superblock = (endianness: Endianness) =>
  struct(`UFS superblock, ${endianness} endian`, 'FreeBSD, sys/ufs/ffs/fs.h, struct fs', {
    blockSize: field(u32(endianness), 'bytes', { at: 48 }),
    fragmentSize: field(u32(endianness), 'bytes'),
    idHigh: field(hex32(endianness), 'time it was made', { at: 144 }),
    idLow: field(hex32(endianness), 'random'),
    label: field(utf8(32), 'of UFS2', { at: 680 }),
    magic: field(hex32(endianness), 'UFS1: 0x00011954, UFS2: 0x19540119', { at: 1372 }),
  });

const hex = (value: number): string => value.toString(16).padStart(8, '0');

function ufsOf(endianness: Endianness): KnownFormat {
  return bySuperblock({
    type: 'ufs',
    what: 'a UFS filesystem',
    layout: superblock(endianness),
    magic: 'magic',
    offsets: OFFSETS,
    isIts: ({ magic }) => MAGICS.includes(magic),
    identity: ({ magic, idHigh, idLow, label, blockSize }) => ({
      uuid: hex(idHigh) + hex(idLow),
      ...(magic === 0x19540119 && { label }),
      blockSize,
      details: [['version', magic === 0x19540119 ? 'UFS2' : 'UFS1']],
    }),
  });
}

export const ufs = ufsOf('little');
export const ufsBig = ufsOf('big');
