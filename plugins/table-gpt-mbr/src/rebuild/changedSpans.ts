import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { PartitionChange } from '@diskwright/sdk/protocol';

/** Where a partition lies, in sectors. */
export interface Span {
  number: number;
  startLba: number;
  sectorCount: number;
}

/**
 * The places of all partitions after `changes`, in the order of `partitions`.
 * @throws InvalidInputError for a change of a partition that is not there, a second one of the same, or one that is not in whole sectors
 */
export function changedSpans(partitions: readonly Span[], changes: readonly PartitionChange[], sectorSize: number): Span[] {
  const byNumber = new Map<number, PartitionChange>();
  for (const change of changes) {
    if (!partitions.some(({ number }) => number === change.number)) {
      throw new InvalidInputError(`the table has no partition ${change.number}`, {
        todo: 'name partitions by the numbers of the layout',
      });
    }
    if (byNumber.has(change.number)) throw new InvalidInputError(`partition ${change.number} is changed twice`);
    byNumber.set(change.number, change);
  }
  return partitions.map(({ number, startLba, sectorCount }) => {
    const change = byNumber.get(number);
    return {
      number,
      startLba: toSectors(change?.start, sectorSize, `the start of partition ${number}`) ?? startLba,
      sectorCount: toSectors(change?.size, sectorSize, `the size of partition ${number}`) ?? sectorCount,
    };
  });
}

function toSectors(bytes: number | undefined, sectorSize: number, what: string): number | undefined {
  if (bytes === undefined) return undefined;
  const sectors = bytes / sectorSize;
  if (!Number.isInteger(sectors) || sectors === 0) {
    throw new InvalidInputError(`${what}, ${bytes} bytes, is not a whole number of sectors of ${sectorSize} bytes, at least one`);
  }
  return sectors;
}

/**
 * Refuses a target whose sectors differ from those that the table counts in.
 * @throws RefusedError saying so
 */
export function refuseOtherSectorSize(tableSectorSize: number, targetSectorSize: number): void {
  if (tableSectorSize === targetSectorSize) return;
  throw new RefusedError(
    `the table counts in sectors of ${tableSectorSize} bytes, the target has sectors of ${targetSectorSize}: converting is not supported yet`,
    { todo: `choose a target with sectors of ${tableSectorSize} bytes, or give an image file that sector size` },
  );
}
