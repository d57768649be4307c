import { findOverlaps, type ClaimedRange } from '../partitionRanges';
import { refused } from './intents';

/** A range that something of the new table claims, with the operation that put it there; null for what stays as it was. */
export interface PlacedClaim extends ClaimedRange {
  item: number | null;
}

/** @throws RefusedError naming both when two claims share sectors and an operation has to do with it */
export function refuseOverlaps(claims: readonly PlacedClaim[], sectorSize: number): void {
  for (const { first, second, startLba, endLba } of findOverlaps(claims)) {
    const item = second.item ?? first.item;
    const message = `${second.what} would overlap ${first.what} from LBA ${startLba} to ${endLba - 1}, ${(endLba - startLba) * sectorSize} bytes`;
    throw refused(item, message, { offset: startLba * sectorSize, length: (endLba - startLba) * sectorSize });
  }
}

/** @throws RefusedError for a claim of an operation that is not within `[startLba, endLba)` */
export function refuseOutside(
  { what, item, ...claim }: PlacedClaim,
  bounds: { what: string; startLba: number; endLba: number },
  sectorSize: number,
): void {
  if (item === null || (claim.startLba >= bounds.startLba && claim.endLba <= bounds.endLba)) return;
  const place = `${what} would lie at LBA ${claim.startLba} … ${claim.endLba - 1}`;
  throw refused(item, `${place}, outside of ${bounds.what}, LBA ${bounds.startLba} … ${bounds.endLba - 1}`, {
    offset: claim.startLba * sectorSize,
    length: (claim.endLba - claim.startLba) * sectorSize,
    todo: `choose a place between byte ${bounds.startLba * sectorSize} and byte ${bounds.endLba * sectorSize}`,
  });
}
