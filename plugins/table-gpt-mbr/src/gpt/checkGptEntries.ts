import { safeNumber } from '@diskwright/sdk/struct';
import type { Finding } from '@diskwright/sdk/protocol';
import type { FindingList } from '../findingList';
import { findOverlaps } from '../partitionRanges';
import type { GptEntry } from '../structures/gptEntry';
import { entryArrayBytes } from './gptCopy';
import type { ActiveCopy, GptTable } from './gptTable';

/** First LBA and first LBA behind the last, as numbers; Infinity for what is beyond 2^53. */
export function entrySpan(entry: GptEntry): { startLba: number; endLba: number } {
  return { startLba: safeNumber(entry.firstLba), endLba: safeNumber(entry.lastLba) + 1 };
}

/** Whether the entry describes a range at all: not reversed, not empty, countable in bytes. */
export function isListable(entry: GptEntry, sectorSize: number): boolean {
  const { startLba, endLba } = entrySpan(entry);
  return startLba < endLba && endLba * sectorSize <= Number.MAX_SAFE_INTEGER;
}

/** Reversed, out of the disk, out of the usable range, overlapping each other or the table, sharing an identifier. */
export function checkGptEntries(table: GptTable, active: ActiveCopy, findings: FindingList): void {
  const arrayOffset = safeNumber(active.header.partitionEntryLba) * table.sectorSize;
  const entryRange = (at: number): Finding['ranges'] => [{ offset: arrayOffset + at, length: 128 }];
  const first = safeNumber(active.header.firstUsableLba);
  const last = safeNumber(active.header.lastUsableLba);
  const ids = new Map<string, number>();
  for (const { number, entry, at } of table.used) {
    const { startLba, endLba } = entrySpan(entry);
    const place = `partition ${number}: LBA ${entry.firstLba} … ${entry.lastLba}`;
    if (startLba >= endLba) {
      findings.error('gpt.entries.reversed', `${place} ends before it starts; it is not listed`, entryRange(at));
    } else if (endLba > table.lastLba + 1) {
      findings.error('gpt.entries.outside', `${place} reaches beyond the end of the disk, LBA ${table.lastLba}`, entryRange(at));
    } else if (startLba < first || endLba > last + 1) {
      findings.warning('gpt.entries.unusable', `${place} lies outside of the usable LBAs ${first} … ${last}`, entryRange(at));
    }
    const twin = ids.get(entry.uniqueGuid);
    if (twin !== undefined) {
      findings.warning(
        'gpt.entries.duplicateId',
        `partitions ${twin} and ${number} have the same GUID, ${entry.uniqueGuid}`,
        entryRange(at),
      );
    }
    ids.set(entry.uniqueGuid, number);
  }
  checkOverlaps(table, findings);
}

function checkOverlaps(table: GptTable, findings: FindingList): void {
  const claims = [
    ...tableClaims(table),
    ...table.used
      .filter(({ entry }) => isListable(entry, table.sectorSize))
      .map(({ number, entry }) => ({ what: `partition ${number}`, ...entrySpan(entry) })),
  ];
  for (const { first, second, startLba, endLba } of findOverlaps(claims)) {
    const length = (Math.min(endLba, table.lastLba + 1) - startLba) * table.sectorSize;
    const message = `${second.what} overlaps ${first.what} from LBA ${startLba} to ${endLba - 1}`;
    const todo = 'do not write to either before it is known which of them is right';
    findings.error('gpt.entries.overlap', message, length > 0 ? [{ offset: startLba * table.sectorSize, length }] : [], todo);
  }
}

/** The sectors that the table itself claims: boot record, and header and entries of each copy that can be relied on. */
function tableClaims(table: GptTable): { what: string; startLba: number; endLba: number }[] {
  const copies = [table.primary, table.backup].flatMap((copy) => {
    if (!copy.header || copy.state === 'damaged') return [];
    const startLba = safeNumber(copy.header.partitionEntryLba);
    const endLba = startLba + Math.ceil(entryArrayBytes(copy.header) / table.sectorSize);
    return [
      { what: `the ${copy.role} GPT header`, startLba: copy.lba, endLba: copy.lba + 1 },
      { what: `the ${copy.role} GPT entries`, startLba, endLba },
    ];
  });
  return [{ what: 'the boot record', startLba: 0, endLba: 1 }, ...copies];
}
