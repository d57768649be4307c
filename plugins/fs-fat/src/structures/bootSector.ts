import { bytes, field, hex16, hex32, hex8, struct, u16, u32, u8, type StructValue } from '@diskwright/sdk/struct';
import { oemText } from './oemText';

const SPECIFICATION = 'Microsoft FAT specification (August 2005)';

/** Every boot sector structure ends with its signature word at byte 511, whatever the sector size. */
export const BOOT_SECTOR_BYTES = 512;

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

/** The state byte as Windows NT and Linux keep it in a byte that the specification reserves. */
const stateMeaning = (value: number): string | undefined => {
  if (value & 1) return 'dirty: mounted, or not cleanly unmounted';
  return value & 2 ? 'surface test wanted' : undefined;
};

/**
 * The BIOS parameter block of DOS 3.31 (section 3.1), the same in all widths. The declared checks are those without which nobody, the Linux driver
 * and libblkid among them, takes the sector for FAT.
 */
const commonFields = {
  jump: field(bytes(3), 'jump to the boot code: eb xx 90 or e9 xx xx'),
  oemName: field(oemText(8), 'system that formatted the volume'),
  bytesPerSector: field(u16(), 'bytes in a sector: 512, 1024, 2048 or 4096', {
    check: (value) =>
      isPowerOfTwo(value) && value >= 512 && value <= 4096 ? null : `of ${value} is not 512, 1024, 2048 or 4096`,
  }),
  sectorsPerCluster: field(u8(), 'sectors in a cluster, a power of two', {
    check: (value) => (isPowerOfTwo(value) ? null : `of ${value} is not a power of two`),
  }),
  reservedSectors: field(u16(), 'sectors before the first FAT, this one included', {
    check: (value) => (value > 0 ? null : 'is 0'),
  }),
  fatCount: field(u8(), 'number of FATs', { check: (value) => (value > 0 ? null : 'is 0') }),
  rootEntries: field(u16(), 'entries of the root directory in FAT12 and FAT16; 0 in FAT32'),
  totalSectors16: field(u16(), 'sectors of the volume; 0 means the 32-bit field'),
  media: field(hex8(), 'media descriptor, repeated in the low byte of FAT entry 0', {
    check: (value) => (value === 0xf0 || value >= 0xf8 ? null : 'is neither 0xf0 nor 0xf8 … 0xff'),
    meaning: (value) => (value === 0xf8 ? 'fixed disk' : value === 0xf0 ? 'removable' : undefined),
  }),
  sectorsPerFat16: field(u16(), 'sectors of one FAT; 0 in FAT32'),
  sectorsPerTrack: field(u16(), 'sectors in a track, for BIOS calls'),
  heads: field(u16(), 'heads, for BIOS calls'),
  hiddenSectors: field(u32(), 'sectors before the volume on its disk; boot code adds it to every address'),
  totalSectors32: field(u32(), 'sectors of the volume where the 16-bit field is 0'),
};

const extendedFields = {
  driveNumber: field(hex8(), 'BIOS drive number'),
  state: field(hex8(), 'bit 0 dirty, bit 1 surface test wanted', { meaning: stateMeaning }),
  extendedSignature: field(hex8(), '0x29: serial, label and type name follow; 0x28: the serial only'),
  serial: field(hex32(), 'volume serial number'),
  label: field(oemText(11), 'volume label; the root directory has the one that counts'),
  typeName: field(oemText(8), 'for people only; the width follows from the number of clusters'),
};

/** Boot sector of FAT12 and FAT16. */
export const bootSector16 = struct(
  'FAT12/16 boot sector',
  `${SPECIFICATION}, sections 3.1 and 3.2`,
  { ...commonFields, ...extendedFields, signature: field(hex16(), 'aa55', { at: 510 }) },
  { size: BOOT_SECTOR_BYTES },
);

/** Boot sector of FAT32. */
export const bootSector32 = struct(
  'FAT32 boot sector',
  `${SPECIFICATION}, sections 3.1 and 3.3; EFI FAT32 1.03`,
  {
    ...commonFields,
    sectorsPerFat32: field(u32(), 'sectors of one FAT'),
    extendedFlags: field(hex16(), 'bits 0–3 the active FAT, bit 7 set when only that one is kept', {
      meaning: (value) => (value & 0x80 ? `FAT ${value & 0xf} only` : undefined),
    }),
    version: field(hex16(), 'major and minor version, 0'),
    rootCluster: field(u32(), 'first cluster of the root directory'),
    fsInfoSector: field(u16(), 'sector of the FSInfo structure; 0 or 0xffff means none'),
    backupSector: field(u16(), 'sector of the copy of this sector; 0 or 0xffff means none'),
    reserved: field(bytes(12)),
    ...extendedFields,
    signature: field(hex16(), 'aa55', { at: 510 }),
  },
  { size: BOOT_SECTOR_BYTES },
);

type FieldsOf<L> = L extends { read(buffer: Buffer): infer V } ? V : never;
export type BootSector16 = FieldsOf<typeof bootSector16>;
export type BootSector32 = FieldsOf<typeof bootSector32>;
/** The fields that both layouts have at the same places. */
export type BootSectorCommon = StructValue<typeof commonFields>;

/** Whether Linux and libblkid take the sector for FAT32: by the field that holds the FAT's length, not by the number of clusters. */
export function isFat32(raw: Buffer): boolean {
  const boot = bootSector32.read(raw);
  return boot.sectorsPerFat16 === 0 && boot.sectorsPerFat32 !== 0;
}
