import { bytes, field, hex16, hex32, struct } from '@diskwright/sdk/struct';

const SOURCE = 'Microsoft FAT specification (August 2005), section 4';

/** The first two entries of a FAT, which are no clusters: the media descriptor, and in FAT16 and FAT32 two flags. */
export const firstEntries12 = struct('first FAT12 entries', SOURCE, {
  entries: field(bytes(3), 'entries 0 (media descriptor, upper bits set) and 1'),
});

/** Bits of entry 1 that are set while all is well. */
export const EntryOneFlags = {
  16: { clean: 0x8000, errorFree: 0x4000 },
  32: { clean: 0x0800_0000, errorFree: 0x0400_0000 },
} as const;

const flags = (bits: { clean: number; errorFree: number }) => (value: number) => {
  const words: string[] = [];
  if ((value & bits.clean) === 0) words.push('not cleanly unmounted');
  if ((value & bits.errorFree) === 0) words.push('read or write errors were met');
  return words.length > 0 ? words.join('; ') : undefined;
};

export const firstEntries16 = struct('first FAT16 entries', SOURCE, {
  media: field(hex16(), 'media descriptor, upper bits set'),
  state: field(hex16(), 'bit 15 clean, bit 14 no disk errors', { meaning: flags(EntryOneFlags[16]) }),
});

export const firstEntries32 = struct('first FAT32 entries', SOURCE, {
  media: field(hex32(), 'media descriptor, upper bits set'),
  state: field(hex32(), 'bit 27 clean, bit 26 no disk errors', { meaning: flags(EntryOneFlags[32]) }),
});
