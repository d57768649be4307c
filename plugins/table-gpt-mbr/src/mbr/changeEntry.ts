import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import { encodeChs } from './chs';

/** A range of sectors from the start of the disk. */
interface Range {
  startLba: number;
  sectorCount: number;
}

/**
 * The entry for a partition's new place; `base` is the LBA that the entry counts from. Its old bytes, obsolete addresses included, when the partition
 * stays where it is.
 */
export function changeEntry(entry: MbrPartitionEntry, before: Range, after: Range, base: number): MbrPartitionEntry {
  const place = { startLba: after.startLba - base, sectorCount: after.sectorCount };
  if (before.startLba === after.startLba && before.sectorCount === after.sectorCount) return { ...entry, ...place };
  return { ...entry, ...place, startChs: encodeChs(after.startLba), endChs: encodeChs(after.startLba + after.sectorCount - 1) };
}
