import { randomUUID } from 'node:crypto';
import type { RebuildOutcome, RebuildRequest, WriteProposal } from '@diskwright/sdk';
import { NotSupportedError, RefusedError } from '@diskwright/sdk/errors';
import { crc32 } from '@diskwright/sdk/struct';
import { changedSpans, type Span } from '../rebuild/changedSpans';
import { gptEntry } from '../structures/gptEntry';
import { gptHeader, gptHeaderMinimumSize } from '../structures/gptHeader';
import { entrySpan, isListable } from './checkGptEntries';
import { headerChecksum } from './gptCopy';
import { maximumPartitions } from './gptLayout';
import { placeGpt, type GptPlacement } from './gptPlacement';
import type { ActiveCopy, GptTable } from './gptTable';
import { rebuildProtectiveRecord } from './protectiveRecord';

type Rebuilt = Pick<RebuildOutcome, 'writes' | 'warnings'>;

/**
 * Both copies of the GPT and the protective record for the target, in commit order: backup entries, backup header, primary entries, primary header,
 * LBA 0. Unknown parts of headers and entries survive. The target's sector size must be the table's.
 * @throws RefusedError, InvalidInputError, NotSupportedError as `rebuildTable`
 */
export function rebuildGpt(table: GptTable, request: RebuildRequest): Rebuilt {
  const active = requireTrusted(table);
  const { sectorSize } = table;
  const before = table.used.map(({ number, entry }): Span => {
    const { startLba, endLba } = entrySpan(entry);
    return { number, startLba, sectorCount: endLba - startLba };
  });
  const after = changedSpans(before, request.changes, sectorSize);
  const lastLba = Math.floor(request.target.size / sectorSize) - 1;
  const placement = placeGpt(table, active, after, lastLba);
  const renew = request.identity === 'new';
  const diskGuid = renew ? randomUUID() : active.header.diskGuid;
  const entries = rebuildEntries(table, active, after, renew, placement.entrySectors * sectorSize);
  const header = (role: 'primary' | 'backup'): Buffer => rebuildHeader(active, role, placement, diskGuid, entries, sectorSize);
  const write = (structure: string, lba: number, bytes: Buffer, reason: string): WriteProposal => {
    return { structure, offset: lba * sectorSize, bytes, reason };
  };
  const bootRecord = rebuildProtectiveRecord(table, before, after, lastLba, renew);
  const writes = [
    write('backup GPT entries', placement.backupEntriesLba, entries, 'partition entries at the end of the device'),
    write('backup GPT header', lastLba, header('backup'), 'backup header in the last sector of the device'),
    write('primary GPT entries', placement.primaryEntriesLba, entries, 'partition entries'),
    write('primary GPT header', 1, header('primary'), 'header that makes the table valid'),
    write('protective master boot record', 0, bootRecord, 'marks the disk as one with a GPT'),
  ];
  return { writes, warnings: warnings(table) };
}

/** @throws RefusedError when the partitions are not known for sure; NotSupportedError for more than a layout can list */
export function requireTrusted(table: GptTable): ActiveCopy {
  const { active } = table;
  if (active?.state !== 'good') {
    const todo = 'repair the table first (gdisk, testdisk), or copy all sectors of the disk as they are';
    throw new RefusedError('neither copy of the GPT is whole, so the table cannot be rebuilt', { todo });
  }
  const reversed = table.used.find(({ entry }) => !isListable(entry, table.sectorSize));
  if (reversed) {
    const message = `partition ${reversed.number} ends before it starts (LBA ${reversed.entry.firstLba} … ${reversed.entry.lastLba})`;
    throw new RefusedError(message, { todo: 'delete or mend this entry first, for example with gdisk' });
  }
  if (table.used.length > maximumPartitions) {
    throw new NotSupportedError(`the table has ${table.used.length} partitions; at most ${maximumPartitions} can be handled`);
  }
  return active;
}

function rebuildEntries(table: GptTable, active: ActiveCopy, spans: readonly Span[], renew: boolean, arrayBytes: number): Buffer {
  const entries = Buffer.alloc(arrayBytes);
  active.entries.copy(entries);
  const byNumber = new Map(spans.map((span) => [span.number, span]));
  for (const { number, entry, at } of table.used) {
    const span = byNumber.get(number);
    if (!span) continue;
    const bytes = gptEntry.encode(
      {
        ...entry,
        uniqueGuid: renew ? randomUUID() : entry.uniqueGuid,
        firstLba: BigInt(span.startLba),
        lastLba: BigInt(span.startLba + span.sectorCount - 1),
      },
      entries.subarray(at, at + gptEntry.size),
    );
    bytes.copy(entries, at);
    // The name as it was: what lies behind its end is not shown, but is the owner's.
    const { offset, length } = gptEntry.range('name');
    active.entries.copy(entries, at + offset, at + offset, at + offset + length);
  }
  return entries;
}

function rebuildHeader(
  active: ActiveCopy,
  role: 'primary' | 'backup',
  placement: GptPlacement,
  diskGuid: string,
  entries: Buffer,
  sectorSize: number,
): Buffer {
  const { lastLba } = placement;
  const primary = role === 'primary';
  const sector = Buffer.alloc(sectorSize);
  // What a longer header says beyond revision 1.0 is kept; the rest of the sector is zero by the specification.
  active.sector?.copy(sector, gptHeaderMinimumSize, gptHeaderMinimumSize, active.header.headerSize);
  const header = {
    ...active.header,
    headerCrc32: 0,
    myLba: BigInt(primary ? 1 : lastLba),
    alternateLba: BigInt(primary ? lastLba : 1),
    firstUsableLba: BigInt(placement.firstUsableLba),
    lastUsableLba: BigInt(placement.lastUsableLba),
    diskGuid,
    partitionEntryLba: BigInt(primary ? placement.primaryEntriesLba : placement.backupEntriesLba),
    entryArrayCrc32: crc32(entries.subarray(0, active.entries.length)),
  };
  gptHeader.encode(header).copy(sector);
  gptHeader.encode({ ...header, headerCrc32: headerChecksum(sector, header.headerSize) }).copy(sector);
  return sector;
}

function warnings(table: GptTable): string[] {
  const copies = [table.primary, table.backup];
  return [
    ...copies
      .filter(({ state }) => state !== 'good')
      .map(
        ({ role }) =>
          `the ${role} GPT is missing or damaged; the new table is made from the other copy, and both copies of it are whole`,
      ),
    ...(table.bootRecord?.valid ? [] : ['the disk has no valid protective boot record; the new table has one']),
  ];
}
