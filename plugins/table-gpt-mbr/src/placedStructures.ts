import type { Finding, StructureInstance } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import type { GptCopy } from './gpt/gptCopy';
import type { GptTable } from './gpt/gptTable';
import type { MbrTable } from './mbr/mbrTable';
import { gptEntry } from './structures/gptEntry';
import { gptHeader } from './structures/gptHeader';
import { extendedBootRecord, masterBootRecord } from './structures/masterBootRecord';

type Layout = typeof masterBootRecord | typeof extendedBootRecord | typeof gptHeader | typeof gptEntry;

/** A structure of the table at its place. */
export interface PlacedStructure {
  layout: Layout;
  /** Where it lies on the device. */
  offset: number;
  /** Bytes that hold it, from `at`. */
  bytes: Buffer;
  at: number;
  /** Prefix of the codes of its findings. */
  code: string;
  /** Findings beyond what the structure's own fields tell. */
  findings: Finding[];
}

/** Every structure of the table that could be read, unused partition entries included, in ascending order. Made as they are asked for. */
export function* placedStructures(table: GptTable | MbrTable): Generator<PlacedStructure> {
  const sector = table.bootRecord?.sector;
  if (sector) yield { layout: masterBootRecord, offset: 0, bytes: sector, at: 0, code: 'mbr.record', findings: [] };
  if (table.kind === 'gpt') {
    yield* header(table.primary, table.sectorSize);
    yield* entries(table.primary, table.sectorSize);
    yield* entries(table.backup, table.sectorSize);
    yield* header(table.backup, table.sectorSize);
    return;
  }
  for (const record of [...table.records].sort((a, b) => a.lba - b.lba)) {
    const offset = record.lba * table.sectorSize;
    yield { layout: extendedBootRecord, offset, bytes: record.sector, at: 0, code: 'mbr.extended.record', findings: [] };
  }
}

function* header({ role, sector, header, lba, findings }: GptCopy, sectorSize: number): Generator<PlacedStructure> {
  if (sector === null || header === null) return;
  yield { layout: gptHeader, offset: lba * sectorSize, bytes: sector, at: 0, code: `gpt.${role}.header`, findings };
}

function* entries({ role, header, entries }: GptCopy, sectorSize: number): Generator<PlacedStructure> {
  if (header === null || entries === null) return;
  const start = safeNumber(header.partitionEntryLba) * sectorSize;
  for (let index = 0; index < header.partitionEntryCount; index++) {
    const at = index * header.partitionEntrySize;
    yield { layout: gptEntry, offset: start + at, bytes: entries, at, code: `gpt.${role}.entry`, findings: [] };
  }
}

/** A placed structure as the protocol shows it. */
export function structureInstance({ layout, offset, bytes, at, code, findings }: PlacedStructure): StructureInstance {
  const instance = layout.instance(bytes, at, offset, code);
  return { ...instance, findings: [...instance.findings, ...findings] };
}
