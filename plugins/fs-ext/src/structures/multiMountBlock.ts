import { ascii, field, hex32, struct, u16, u64 } from '@diskwright/sdk/struct';

/** `mmp_magic`: "MMP" in ASCII. */
export const multiMountMagic = 0x004d4d50;

/** Values of `sequence` that are no counter. */
export const MultiMountSequence = { CLEAN: 0xff4d4d50, CHECKING: 0xe24d4d50, HIGHEST: 0xe24d4d4f } as const;

function sequenceInWords(sequence: number): string {
  if (sequence === MultiMountSequence.CLEAN) return 'not in use';
  if (sequence === MultiMountSequence.CHECKING) return 'being checked';
  return 'mounted';
}

/** The block by which a mounted filesystem tells other machines that it is in use. Little endian. */
export const multiMountBlock = struct(
  'ext multi-mount protection block',
  'Linux kernel, Documentation/filesystems/ext4/mmp.rst; struct mmp_struct',
  {
    magic: field(hex32(), 'always 0x004d4d50', { check: (value) => (value === multiMountMagic ? null : 'is not 0x004d4d50') }),
    sequence: field(hex32(), 'changed at every interval while mounted', { meaning: sequenceInWords }),
    time: field(u64(), 'seconds since 1970 of the last update'),
    nodeName: field(ascii(64), 'machine that wrote it'),
    deviceName: field(ascii(32), 'device on that machine'),
    checkInterval: field(u16(), 'seconds'),
    checksum: field(hex32(), 'CRC-32C of the 1020 bytes before it, with metadata_csum', { at: 0x3fc }),
  },
  { size: 1024 },
);
