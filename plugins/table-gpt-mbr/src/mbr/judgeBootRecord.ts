import type { BootRecord } from '../bootRecord';
import { findOverlaps } from '../partitionRanges';
import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import { isFilesystemBootSector } from './filesystemBootSector';

/** First bytes of a disk that belongs to AIX (libblkid, partitions/aix.h): its 55 aa marks no table. */
const aixMagic = Buffer.from('c9c2d4c1', 'hex');

/**
 * How much a boot record is like the table of an MBR disk, 0 … 100, as libblkid and the kernel think: the 55 aa at its end is shared by FAT and NTFS
 * boot sectors, by filesystems that a boot loader was put on, and by loaders without any table.
 *
 * - 0: no table; a filesystem's boot sector, or nothing but the signature
 * - 10: no partitions, but a disk signature or boot code. Only a table when no filesystem fills the device
 * - 20: partitions, all of them outside of the device
 * - 40: the parameters of a filesystem, and yet a table whose every entry makes sense
 * - 90: a table
 *
 * `deviceSectors` is the size of the device.
 */
export function judgeBootRecord(bootRecord: BootRecord, deviceSectors: number): 0 | 10 | 20 | 40 | 90 {
  const { record, sector, valid } = bootRecord;
  if (!valid || sector.subarray(0, 4).equals(aixMagic)) return 0;
  const used = record.partitions.filter(({ sectorCount }) => sectorCount > 0);
  const filesystem = isFilesystemBootSector(sector);
  if (filesystem) return used.length > 0 && isFlawless(used, deviceSectors) ? 40 : 0;
  if (used.length === 0) return record.diskSignature !== 0 || record.bootCode.some((byte) => byte !== 0) ? 10 : 0;
  return used.some(({ startLba }) => startLba < deviceSectors) ? 90 : 20;
}

/** Inside of the device and apart from LBA 0, of known use, without overlaps. The one entry of mkfs.fat's `--mbr` starts at 0 and so fails. */
function isFlawless(used: readonly MbrPartitionEntry[], deviceSectors: number): boolean {
  const ranges = used.map(({ startLba, sectorCount }) => ({ what: '', startLba, endLba: startLba + sectorCount }));
  return (
    used.every(({ type, startLba }) => type !== 0 && startLba > 0) &&
    ranges.every(({ endLba }) => endLba <= deviceSectors) &&
    findOverlaps(ranges).length === 0
  );
}
