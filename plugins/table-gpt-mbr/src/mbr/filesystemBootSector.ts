import { field, struct, u16, u32, u8, ascii, bytes } from '@diskwright/sdk/struct';

/** The part of a boot sector that tells FAT and NTFS, which share the ending 55 aa with boot records, from code. */
const biosParameterBlock = struct('BIOS parameter block', 'Microsoft FAT specification 1.03, section 3', {
  jump: field(bytes(3), 'jump over the parameters'),
  oemName: field(ascii(8), 'who made it'),
  bytesPerSector: field(u16()),
  sectorsPerCluster: field(u8()),
  reservedSectors: field(u16()),
  fatCount: field(u8()),
  rootEntries: field(u16()),
  sectorCount16: field(u16()),
  media: field(u8()),
  fatSectors16: field(u16()),
  sectorCount32: field(u32(), 'sectors when sectorCount16 is 0', { at: 32 }),
});

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

/**
 * Whether LBA 0 is the boot sector of a FAT, exFAT, NTFS, ReFS or BitLocker volume rather than a boot record: by the name, or by parameters that
 * make a FAT. `sector` has at least 512 bytes.
 */
export function isFilesystemBootSector(sector: Buffer): boolean {
  const parameters = biosParameterBlock.read(sector);
  if (['NTFS    ', 'EXFAT   ', '-FVE-FS-', 'ReFS'].includes(parameters.oemName)) return true;
  return (
    [512, 1024, 2048, 4096].includes(parameters.bytesPerSector) &&
    isPowerOfTwo(parameters.sectorsPerCluster) &&
    parameters.reservedSectors > 0 &&
    (parameters.fatCount === 1 || parameters.fatCount === 2) &&
    (parameters.media === 0xf0 || parameters.media >= 0xf8) &&
    (parameters.sectorCount16 > 0 || parameters.sectorCount32 > 0)
  );
}
