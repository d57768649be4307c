import { array, ascii, field, struct, u32, utf8, uuid, type Endianness } from '@diskwright/sdk/struct';

/** Where the header of a version 1 area lies, whatever its page size: the bytes before are left to boot loaders. */
export const SWAP_HEADER_OFFSET = 1024;

/** The header in the byte order of the machine that made it; Linux takes both (mm/swapfile.c, read_swap_header). */
const header = (endianness: Endianness) =>
  struct(`swap header, ${endianness} endian`, 'Linux, include/linux/swap.h, union swap_header', {
    version: field(u32(endianness), 'always 1', { check: (value) => (value === 1 ? null : `is ${value} and not 1`) }),
    lastPage: field(u32(endianness), 'number of the last page that is used, from 0', {
      check: (value) => (value > 0 ? null : 'is 0'),
    }),
    badPageCount: field(u32(endianness), 'number of bad pages listed behind the padding'),
    uuid: field(uuid()),
    label: field(utf8(16)),
    padding: field(array(u32(endianness), 117)),
  });

export const swapHeaderLittle = header('little');
export const swapHeaderBig = header('big');

/** The ten bytes at the end of the first page. */
export const swapSignature = struct('swap signature', 'Linux, include/linux/swap.h; libblkid, superblocks/swap.c', {
  magic: field(ascii(10), 'SWAPSPACE2, or SWAP-SPACE in areas of version 0; another word while a system is hibernated in it'),
});
