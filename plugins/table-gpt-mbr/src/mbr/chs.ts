/** The geometry that every tool assumes for disks of today. */
const heads = 255;
const sectorsPerTrack = 63;
/** What every tool writes for an address beyond the 1024th cylinder. */
const beyond = Buffer.from([0xfe, 0xff, 0xff]);

/** The obsolete cylinder, head and sector of an LBA, as the three bytes of a partition entry. */
export function encodeChs(lba: number): Buffer {
  const cylinder = Math.floor(lba / (heads * sectorsPerTrack));
  if (cylinder > 1023) return Buffer.from(beyond);
  const head = Math.floor(lba / sectorsPerTrack) % heads;
  const sector = (lba % sectorsPerTrack) + 1;
  return Buffer.from([head, sector | ((cylinder >> 8) << 6), cylinder & 0xff]);
}
