import { randomInt } from 'node:crypto';
import { RefusedError } from '@diskwright/sdk/errors';
import { encodeChs } from '../mbr/chs';
import { addressableSectors } from '../mbr/mbrLayout';
import { protectiveType } from '../names/mbrTypeNames';
import type { Span } from '../rebuild/changedSpans';
import { bootRecordSize, bootSignature, masterBootRecord } from '../structures/masterBootRecord';
import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import type { GptTable } from './gptTable';

/** What the size field says on a disk with more sectors than it can count. */
const largestCount = 0xffffffff;

/** The entry that claims a whole disk, which ends at `lastLba`, for its GPT. */
export function protectiveEntry(lastLba: number): MbrPartitionEntry {
  return {
    bootIndicator: 0,
    type: protectiveType,
    startChs: Buffer.from([0, 2, 0]),
    endChs: Buffer.alloc(3, 0xff),
    startLba: 1,
    sectorCount: Math.min(lastLba, largestCount),
  };
}

/** A new signature of an MBR disk: 32 random bits, never 0, since 0 means none. */
export function newDiskSignature(): number {
  return randomInt(1, 2 ** 32);
}

/**
 * LBA 0 for the target: boot code and whatever else is there are kept, the protective entry covers the target, and the entries of a hybrid record
 * follow their GPT partitions. Where the old sector was no boot record, a new one is made.
 * @throws RefusedError when a partition of a hybrid record would lie where an MBR cannot point
 */
export function rebuildProtectiveRecord(
  table: GptTable,
  before: readonly Span[],
  after: readonly Span[],
  lastLba: number,
  renew: boolean,
): Buffer {
  const old = table.bootRecord?.valid ? table.bootRecord : null;
  const record = old?.record ?? masterBootRecord.read(Buffer.alloc(bootRecordSize));
  const oldEntries = record.partitions;
  const isProtective = (entry: MbrPartitionEntry): boolean => entry.type === protectiveType && entry.sectorCount > 0;
  const moved = oldEntries.map((entry) =>
    isProtective(entry) || entry.sectorCount === 0 ? entry : followPartition(entry, before, after),
  );
  const others = oldEntries.flatMap((entry, slot) =>
    isProtective(entry) || entry.sectorCount === 0 ? [] : [{ old: entry, moved: moved[slot]! }],
  );
  const partitions = moved.map((entry) => (isProtective(entry) ? coverAgain(entry, others, table.lastLba, lastLba) : entry));
  if (!oldEntries.some(isProtective)) partitions[0] = protectiveEntry(lastLba);
  const sector = Buffer.alloc(table.sectorSize);
  old?.sector.copy(sector);
  const diskSignature = renew && record.diskSignature !== 0 ? newDiskSignature() : record.diskSignature;
  masterBootRecord.encode({ ...record, diskSignature, partitions, signature: bootSignature }, sector).copy(sector);
  return sector;
}

/** An entry of a hybrid record, moved along with the GPT partition that starts where it does. */
function followPartition(entry: MbrPartitionEntry, before: readonly Span[], after: readonly Span[]): MbrPartitionEntry {
  const index = before.findIndex(({ startLba }) => startLba === entry.startLba);
  const [from, to] = [before[index], after[index]];
  if (!from || !to || (from.startLba === to.startLba && from.sectorCount === to.sectorCount)) return entry;
  const sectorCount = entry.sectorCount === from.sectorCount ? to.sectorCount : Math.min(entry.sectorCount, to.sectorCount);
  if (to.startLba + sectorCount > addressableSectors) {
    const todo = 'make the record a plain protective one first, or keep this partition within the first 2^32 sectors';
    throw new RefusedError(
      `partition ${to.number} is also in the hybrid boot record, which cannot point to LBA ${to.startLba + sectorCount - 1}`,
      {
        todo,
      },
    );
  }
  const ends = { startChs: encodeChs(to.startLba), endChs: encodeChs(to.startLba + sectorCount - 1) };
  return { ...entry, ...ends, startLba: to.startLba, sectorCount };
}

/**
 * A protective entry for the new disk: in a plain record from LBA 1 to its end. In a hybrid one its ends stay, or follow the entries that they touched
 * and the end of the disk.
 */
function coverAgain(
  entry: MbrPartitionEntry,
  others: readonly { old: MbrPartitionEntry; moved: MbrPartitionEntry }[],
  oldLastLba: number,
  lastLba: number,
): MbrPartitionEntry {
  const end = (of: MbrPartitionEntry): number => of.startLba + of.sectorCount;
  const before = others.find(({ old }) => end(old) === entry.startLba);
  const behind = others.find(({ old }) => old.startLba === end(entry));
  const startLba = before ? end(before.moved) : entry.startLba;
  const reachesEnd = others.length === 0 || end(entry) > oldLastLba || entry.sectorCount === largestCount;
  const endLba = behind ? behind.moved.startLba : reachesEnd ? lastLba + 1 : Math.min(end(entry), lastLba + 1);
  return { ...entry, startLba, sectorCount: Math.max(0, Math.min(endLba - startLba, largestCount)) };
}
