import { RefusedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { findOverlaps } from '../partitionRanges';
import type { Span } from '../rebuild/changedSpans';
import { entryArrayBytes } from './gptCopy';
import type { ActiveCopy, GptTable } from './gptTable';

/** Where the parts of a GPT lie on a device. */
export interface GptPlacement {
  lastLba: number;
  primaryEntriesLba: number;
  backupEntriesLba: number;
  /** Sectors of one entry array. */
  entrySectors: number;
  firstUsableLba: number;
  lastUsableLba: number;
}

/**
 * Places both copies on a device that ends at `lastLba`: the primary array stays where it is, the backup goes to the end, the first usable LBA is
 * kept unless a partition or the array needs another, the last is the one before the backup array.
 * @throws RefusedError when there is no room, or a partition reaches over the table, its backup, the end, or another partition
 */
export function placeGpt(table: GptTable, active: ActiveCopy, spans: readonly Span[], lastLba: number): GptPlacement {
  const entrySectors = Math.ceil(entryArrayBytes(active.header) / table.sectorSize);
  const keptFirst = safeNumber(active.header.firstUsableLba);
  const ownPlace =
    table.primary.header && table.primary.state !== 'damaged' ? safeNumber(table.primary.header.partitionEntryLba) : 2;
  // An array behind the first usable LBA would lie among the partitions of the new table.
  const primaryEntriesLba = ownPlace + entrySectors <= keptFirst ? ownPlace : 2;
  const arrayEnd = primaryEntriesLba + entrySectors;
  const backupEntriesLba = lastLba - entrySectors;
  const lowest = Math.min(...spans.map(({ startLba }) => startLba));
  const firstUsableLba = Math.max(arrayEnd, Math.min(keptFirst, lowest));
  const lastUsableLba = backupEntriesLba - 1;
  if (firstUsableLba > lastUsableLba) {
    const needed = (firstUsableLba + 1 + entrySectors + 1) * table.sectorSize;
    throw new RefusedError(
      `the target is too small for the table: it has ${(lastLba + 1) * table.sectorSize} bytes, ${needed} are needed`,
    );
  }
  const placement = { lastLba, primaryEntriesLba, backupEntriesLba, entrySectors, firstUsableLba, lastUsableLba };
  refuseCollisions(placement, spans, table.sectorSize);
  return placement;
}

function refuseCollisions(placement: GptPlacement, spans: readonly Span[], sectorSize: number): void {
  const { primaryEntriesLba, backupEntriesLba, entrySectors, lastLba, firstUsableLba, lastUsableLba } = placement;
  for (const { number, startLba, sectorCount } of spans) {
    const end = startLba + sectorCount - 1;
    const place = `partition ${number} would lie at LBA ${startLba} … ${end}`;
    const detail = { offset: startLba * sectorSize, length: sectorCount * sectorSize };
    if (end > lastLba) {
      throw new RefusedError(
        `${place}, beyond the end of the target, LBA ${lastLba}: ${(end - lastLba) * sectorSize} bytes too far`,
        detail,
      );
    }
    if (end > lastUsableLba) {
      const message = `${place}, over the backup GPT at LBA ${backupEntriesLba} … ${lastLba}: ${(end - lastUsableLba) * sectorSize} bytes too far`;
      throw new RefusedError(message, { ...detail, todo: 'choose a larger target, or a smaller partition' });
    }
    if (startLba < firstUsableLba) {
      const tableEnd = primaryEntriesLba + entrySectors - 1;
      throw new RefusedError(`${place}, over the primary GPT, which needs the LBAs 0 … ${tableEnd}`, detail);
    }
  }
  const claims = spans.map(({ number, startLba, sectorCount }) => {
    return { what: `partition ${number}`, startLba, endLba: startLba + sectorCount };
  });
  const overlap = findOverlaps(claims)[0];
  if (overlap) {
    const { first, second, startLba, endLba } = overlap;
    const message = `${second.what} would overlap ${first.what} from LBA ${startLba} to ${endLba - 1}`;
    throw new RefusedError(message, { offset: startLba * sectorSize, length: (endLba - startLba) * sectorSize });
  }
}
