import { ascii, field, hex32, struct, u32, u64 } from '@diskwright/sdk/struct';

const LAYOUT = 'LVM2, lib/format_text/layout.h';

/** All numbers are little endian, sectors have 512 bytes whatever the device's have. */
export const SECTOR_BYTES = 512;

export const labelHeader = struct('LVM2 label header', 'LVM2, lib/label/label.h, struct label_header', {
  id: field(ascii(8), 'LABELONE'),
  sector: field(u64(), 'the sector that it stands in'),
  checksum: field(hex32(), 'of all that follows in its sector'),
  contentOffset: field(u32(), 'where the physical volume header begins, from here'),
  type: field(ascii(8), 'LVM2 001'),
});
/** From here on a label's checksum counts. */
export const LABEL_CHECKED_FROM = 20;

/** Two lists of places follow, each with an empty one at its end: of data, and of metadata. */
export const physicalVolumeHeader = struct('LVM2 physical volume header', `${LAYOUT}, struct pv_header`, {
  uuid: field(ascii(32)),
  size: field(u64(), 'bytes of the device'),
});

export const place = struct('LVM2 place', 'LVM2, lib/format_text/format-text.h, struct disk_locn', {
  offset: field(u64(), 'bytes from the start of the device'),
  size: field(u64(), 'bytes; 0: up to the end'),
});

/** In the first sector of a metadata area; up to three places of texts follow. */
export const metadataAreaHeader = struct('LVM2 metadata area header', `${LAYOUT}, struct mda_header`, {
  checksum: field(hex32(), 'of all that follows in its sector'),
  magic: field(ascii(16), ' LVM2 x[5A%r0N*>'),
  version: field(u32(), '1'),
  start: field(u64(), 'where this header stands, bytes'),
  size: field(u64(), 'bytes of the area, this sector included'),
});
export const AREA_MAGIC = ' LVM2 x[5A%r0N*>';
export const AREA_CHECKED_FROM = 4;

export const textPlace = struct('LVM2 place of a text', `${LAYOUT}, struct raw_locn`, {
  offset: field(u64(), 'bytes from the start of the area'),
  size: field(u64(), 'bytes, the closing zero included'),
  checksum: field(hex32(), 'of the text'),
  flags: field(hex32(), '1: this area is not used'),
});
export const TEXT_IGNORED = 1;
