import { ascii, bytes, field, hex8, struct, u16, u32, u8 } from '@diskwright/sdk/struct';
import { both16, both32 } from './bothEndian';

/** Descriptors begin behind the system area, a sector each. */
export const SECTOR_BYTES = 2048;
export const FIRST_DESCRIPTOR = 16;
export const DESCRIPTOR_ID = 'CD001';

/** The first byte of a descriptor. */
export const DescriptorType = { BOOT: 0, PRIMARY: 1, SUPPLEMENTARY: 2, PARTITION: 3, END: 255 } as const;
const typeNames: Record<number, string> = { 0: 'boot record', 1: 'primary', 2: 'supplementary', 3: 'partition', 255: 'end' };

const source = 'ECMA-119, 4th edition';
const head = {
  type: field(u8(), undefined, { meaning: (value: number) => typeNames[value] }),
  id: field(ascii(5), 'always CD001', { check: (value: string) => (value === DESCRIPTOR_ID ? null : 'is not CD001') }),
  version: field(u8()),
};

/** A descriptor whose kind is of no interest, or its end. */
export const anyDescriptor = struct('ISO 9660 volume descriptor', `${source}, 9.1`, head, { size: SECTOR_BYTES });

/** Describes a tree of directories: the primary one, or with an escape sequence Joliet's. Text is padded with spaces; Joliet's is UCS-2, big endian. */
export const volumeDescriptor = struct(
  'ISO 9660 volume descriptor',
  `${source}, 9.4 and 9.5`,
  {
    ...head,
    flags: field(hex8()),
    systemId: field(bytes(32)),
    volumeId: field(bytes(32), 'label'),
    blocksCount: field(both32(), 'blocks of the volume', { at: 80 }),
    escapeSequences: field(bytes(32), 'character set of the names: %/@, %/C and %/E are Joliet', { at: 88 }),
    setSize: field(both16(), 'volumes of the set', { at: 120 }),
    sequenceNumber: field(both16(), 'number of this volume in the set'),
    blockSize: field(both16(), 'bytes a block'),
    pathTableSize: field(both32(), 'bytes'),
    pathTable: field(u32(), 'block of the path table, little endian'),
    optionalPathTable: field(u32()),
    bigPathTable: field(u32('big'), 'block of the path table, big endian'),
    optionalBigPathTable: field(u32('big')),
    rootRecord: field(bytes(34), 'directory record of the root'),
    volumeSetId: field(bytes(128)),
    publisherId: field(bytes(128)),
    preparerId: field(bytes(128)),
    applicationId: field(bytes(128)),
    copyrightFile: field(bytes(37)),
    abstractFile: field(bytes(37)),
    bibliographicFile: field(bytes(37)),
    created: field(bytes(17)),
    modified: field(bytes(17)),
    expires: field(bytes(17)),
    effective: field(bytes(17)),
    structureVersion: field(u8()),
  },
  { size: SECTOR_BYTES },
);

/** Says where the catalogue of boot entries is. */
export const bootRecord = struct(
  'El Torito boot record',
  'El Torito Bootable CD-ROM Format Specification 1.0, figure 7',
  { ...head, systemId: field(ascii(32)), unused: field(bytes(32)), catalogue: field(u32(), 'sector of the boot catalogue') },
  { size: SECTOR_BYTES },
);
export const EL_TORITO = 'EL TORITO SPECIFICATION';

/** First entry of the catalogue. */
export const validationEntry = struct(
  'El Torito validation entry',
  'El Torito Bootable CD-ROM Format Specification 1.0, figure 2',
  {
    headerId: field(u8(), 'always 1', { check: (value) => (value === 1 ? null : 'is not 1') }),
    platform: field(hex8(), undefined, { meaning: (value) => platformName(value) }),
    reserved: field(u16()),
    id: field(ascii(24), 'who made it'),
    checksum: field(u16(), 'makes the sum of all words zero'),
    key: field(bytes(2), 'always 55aa'),
  },
);

/** What can be booted. */
export const bootEntry = struct('El Torito boot entry', 'El Torito Bootable CD-ROM Format Specification 1.0, figures 3 and 5', {
  indicator: field(hex8(), '0x88: can be booted'),
  media: field(hex8(), 'low 4 bits: what it stands for', { meaning: (value) => mediaName(value) }),
  segment: field(u16(), 'where it is loaded; 0 for 0x7c0'),
  systemType: field(hex8()),
  unused: field(u8()),
  sectors: field(u16(), 'sectors of 512 bytes to load'),
  block: field(u32(), 'sector of 2048 bytes where it begins'),
  criteria: field(bytes(20)),
});

/** `0xef` is EFI. */
export function platformName(value: number): string {
  return ({ 0: 'x86', 1: 'PowerPC', 2: 'Mac', 0xef: 'EFI' } as Record<number, string>)[value] ?? `platform ${value}`;
}

/** What a boot image is taken for. */
export function mediaName(value: number): string {
  const names = ['no emulation', 'floppy of 1.2 MB', 'floppy of 1.44 MB', 'floppy of 2.88 MB', 'hard disk'];
  return names[value & 0xf] ?? `medium ${value & 0xf}`;
}

export type VolumeDescriptor = ReturnType<typeof volumeDescriptor.read>;
