import { ascii, field, hex32, struct, u32, u64 } from '@diskwright/sdk/struct';
import { bySuperblock, type Identity } from '../knownFormat';

/** The label lies in one of the first four sectors. */
const OFFSETS = [0, 512, 1024, 1536];
const LABEL_BYTES = 512;

const label = struct('LVM2 label header', 'LVM2, lib/label/label.h, struct label_header', {
  id: field(ascii(8), 'LABELONE'),
  sector: field(u64(), 'sector of this label'),
  checksum: field(hex32()),
  contentOffset: field(u32(), 'where the physical volume header begins, from here'),
  type: field(ascii(8), 'LVM2 001'),
});

const physicalVolume = struct('LVM2 physical volume header', 'LVM2, lib/format_text/layout.h, struct pv_header', {
  uuid: field(ascii(32)),
  size: field(u64(), 'bytes of the device'),
});

/** Groups of six, four, four, four, four, four and six characters. */
const dashed = (text: string): string => text.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7');

export const lvm2 = bySuperblock({
  type: 'LVM2_member',
  what: 'a physical volume of LVM2',
  layout: label,
  magic: 'id',
  offsets: OFFSETS,
  isIts: ({ id, type }) => id === 'LABELONE' && type === 'LVM2 001',
  async identity({ contentOffset }, { source, offset, signal }): Promise<Identity> {
    if (contentOffset > LABEL_BYTES - physicalVolume.size) return {};
    const header = await source.read(offset + contentOffset, physicalVolume.size, signal);
    return { uuid: dashed(physicalVolume.read(header).uuid) };
  },
});
