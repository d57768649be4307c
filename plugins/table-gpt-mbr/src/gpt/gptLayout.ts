import type { Partition, TableLayout } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { FindingList } from '../findingList';
import { gptTypeName } from '../names/gptTypeNames';
import { isLegacyBootable } from '../structures/gptEntry';
import { checkGpt } from './checkGpt';
import { entrySpan, isListable } from './checkGptEntries';
import { entryArrayBytes, type GptCopy } from './gptCopy';
import type { GptTable, UsedEntry } from './gptTable';

/** The most partitions that a layout lists, so that its message stays below a frame of 1 MiB. */
export const maximumPartitions = 2048;

/** A GPT as the protocol shows it. A partition that reaches beyond the disk is listed with the numbers of the table and a finding. */
export function gptLayout(table: GptTable): TableLayout {
  const listable = table.used.filter(({ entry }) => isListable(entry, table.sectorSize));
  const findings = new FindingList();
  if (listable.length > maximumPartitions) {
    const message = `the table has ${listable.length} partitions; only the first ${maximumPartitions} are listed`;
    findings.error('gpt.entries.tooMany', message, []);
  }
  findings.add(...checkGpt(table));
  return {
    type: 'gpt',
    id: table.active?.header.diskGuid ?? null,
    partitions: listable.slice(0, maximumPartitions).map((used) => partition(used, table.sectorSize)),
    usable: usableRange(table),
    structures: gptStructureRanges(table),
    findings: findings.list,
  };
}

function partition({ number, entry }: UsedEntry, sectorSize: number): Partition {
  const { startLba, endLba } = entrySpan(entry);
  return {
    number,
    start: startLba * sectorSize,
    size: (endLba - startLba) * sectorSize,
    type: entry.typeGuid,
    typeName: gptTypeName(entry.typeGuid),
    name: entry.name,
    id: entry.uniqueGuid,
    bootable: isLegacyBootable(entry.attributes),
    role: 'primary',
  };
}

/** As the header says, cut to the disk; empty when no header can be relied on. */
function usableRange({ active, lastLba, sectorSize }: GptTable): TableLayout['usable'] {
  if (!active) return { offset: 0, length: 0 };
  const first = Math.min(safeNumber(active.header.firstUsableLba), lastLba + 1);
  const end = Math.min(safeNumber(active.header.lastUsableLba) + 1, lastLba + 1);
  return { offset: first * sectorSize, length: Math.max(0, end - first) * sectorSize };
}

/**
 * Every range that the table lies in. For a copy that cannot be relied on, the places where it belongs, since a rebuild puts it there.
 */
export function gptStructureRanges(table: GptTable): TableLayout['structures'] {
  const { sectorSize, deviceSize } = table;
  const ranges: TableLayout['structures'] = [{ offset: 0, length: sectorSize, name: 'protective master boot record' }];
  for (const copy of [table.primary, table.backup]) {
    ranges.push({ offset: copy.lba * sectorSize, length: sectorSize, name: `${copy.role} GPT header` });
    const array = entryArrayPlace(table, copy);
    if (array)
      ranges.push({ offset: array.lba * sectorSize, length: array.sectors * sectorSize, name: `${copy.role} GPT entries` });
  }
  return ranges.filter(({ offset, length }) => offset >= 0 && offset + length <= deviceSize).sort((a, b) => a.offset - b.offset);
}

/** Where the entry array of a copy lies, or belongs when only the other copy can be relied on; null when neither can. */
export function entryArrayPlace(table: GptTable, copy: GptCopy): { lba: number; sectors: number } | null {
  const own = copy.state === 'damaged' ? null : copy.header;
  const header = own ?? table.active?.header;
  if (!header) return null;
  const sectors = Math.ceil(entryArrayBytes(header) / table.sectorSize);
  if (own) return { lba: safeNumber(own.partitionEntryLba), sectors };
  return { lba: copy.role === 'primary' ? 2 : copy.lba - sectors, sectors };
}
