import { randomUUID } from 'node:crypto';
import type { RebuildOutcome } from '@diskwright/sdk';
import type { PartitionChange, PartitionOperation } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { entrySpan } from '../gpt/checkGptEntries';
import { entryArrayBytes } from '../gpt/gptCopy';
import { type ActiveCopy, type GptTable, usedEntries } from '../gpt/gptTable';
import { rebuildGpt, requireTrusted } from '../gpt/rebuildGpt';
import { unusedType } from '../names/gptTypeNames';
import { protectiveType } from '../names/mbrTypeNames';
import { gptEntry, type GptEntry, legacyBootable } from '../structures/gptEntry';
import { collectIntents, type Intent, type Intents, invalid, type Listed, refused } from './intents';
import { type PlacedClaim, refuseOutside, refuseOverlaps } from './places';

/**
 * Both copies of the GPT with all operations done, in commit order. A new partition gets the lowest free entry, as sgdisk and fdisk give it.
 * @throws RefusedError, InvalidInputError whose `item` is the operation
 */
export function editGpt(table: GptTable, operations: readonly PartitionOperation[]): Pick<RebuildOutcome, 'writes' | 'warnings'> {
  const active = requireTrusted(table);
  const intents = collectIntents(operations, new Set(table.used.map(({ number }) => number)), table.sectorSize);
  refuseHybrid(table, intents);
  const entries = Buffer.from(active.entries);
  changeEntries(table, active, intents, entries);
  const created = intents.creates.map((operation) => createEntry(active, operation, entries, table.sectorSize));
  refusePlaces(table, active, intents, created);
  const edited: GptTable = { ...table, active: { ...active, entries }, used: usedEntries({ header: active.header, entries }) };
  const changes = [...intents.changes].flatMap(([number, intent]) => placeChange(number, intent));
  const target = { size: table.deviceSize, sectorSize: table.sectorSize };
  const { writes, warnings } = rebuildGpt(edited, { target, changes, identity: 'keep' });
  const moves = table.backup.state !== 'absent' && table.backup.lba !== table.lastLba;
  const backup = `the backup GPT moves from LBA ${table.backup.lba} to the end of the device, LBA ${table.lastLba}`;
  return { writes, warnings: [...warnings, ...(moves ? [backup] : [])] };
}

/** Where a partition's entry lies in the boot record as well, deleting it would leave it there. */
function refuseHybrid(table: GptTable, { changes }: Intents): void {
  const others = (table.bootRecord?.valid ? table.bootRecord.record.partitions : []).filter(
    ({ type, sectorCount }) => type !== protectiveType && sectorCount > 0,
  );
  for (const { number, entry } of table.used) {
    const deleted = changes.get(number)?.delete;
    const isHybrid = others.some(({ startLba }) => startLba === entrySpan(entry).startLba);
    if (deleted && isHybrid) {
      throw refused(deleted.item, `partition ${number} is also in the hybrid boot record`, {
        todo: 'make the record a plain protective one first, for example with "sgdisk -N" or gdisk',
      });
    }
  }
}

function changeEntries(table: GptTable, active: ActiveCopy, { changes }: Intents, entries: Buffer): void {
  for (const { number, entry, at } of table.used) {
    const intent = changes.get(number);
    if (intent?.delete) entries.fill(0, at, at + active.header.partitionEntrySize);
    else if (intent?.set) encode(described(entry, intent.set), entries, at, intent.set.item);
  }
}

/** Writes an entry; the name's bytes stay as they are where the name does, since what lies behind its end is the owner's. */
function encode(entry: GptEntry, entries: Buffer, at: number, item: number): void {
  const before = gptEntry.read(entries, at);
  const { offset, length } = gptEntry.range('name');
  const name = Buffer.from(entries.subarray(at + offset, at + offset + length));
  if (entry.name.length * 2 > length || entry.name.includes('\0'))
    throw invalid(item, `"${entry.name}" is no partition name: those have at most ${length / 2} UTF-16 units, none of them zero`);
  gptEntry.encode(entry, entries.subarray(at, at + gptEntry.size)).copy(entries, at);
  if (entry.name === before.name) name.copy(entries, at + offset);
}

function described(
  entry: GptEntry,
  { item, type, name, bootable }: Pick<Listed<'set'>, 'item' | 'type' | 'name' | 'bootable'>,
): GptEntry {
  const attributes =
    bootable === undefined ? entry.attributes : bootable ? entry.attributes | legacyBootable : entry.attributes & ~legacyBootable;
  return { ...entry, attributes, typeGuid: type === undefined ? entry.typeGuid : typeGuid(type, item), name: name ?? entry.name };
}

function typeGuid(text: string, item: number): string {
  const guid = text.toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(guid) && guid !== unusedType) return guid;
  throw invalid(item, `"${text}" is no GPT partition type`, {
    todo: 'write the GUID of the type, such as 0fc63daf-8483-4772-8e79-3d69d8477de4 for a Linux filesystem',
  });
}

function createEntry(active: ActiveCopy, operation: Listed<'create'>, entries: Buffer, sectorSize: number): PlacedClaim {
  const { partitionEntryCount: count, partitionEntrySize: size } = active.header;
  const taken = new Set(usedEntries({ header: active.header, entries }).map(({ number }) => number));
  let number = 1;
  while (taken.has(number)) number++;
  if (number > count) throw refused(operation.item, `all ${count} partition entries are in use`);
  const at = (number - 1) * size;
  const startLba = operation.start / sectorSize;
  const endLba = startLba + operation.size / sectorSize;
  const blank: GptEntry = {
    typeGuid: unusedType,
    uniqueGuid: randomUUID(),
    firstLba: BigInt(startLba),
    lastLba: BigInt(endLba - 1),
    attributes: 0n,
    name: '',
  };
  entries.fill(0, at, at + size);
  encode(described(blank, operation), entries, at, operation.item);
  return { what: `the new partition ${number}`, item: operation.item, startLba, endLba };
}

function refusePlaces(table: GptTable, active: ActiveCopy, { changes }: Intents, created: readonly PlacedClaim[]): void {
  const { sectorSize, lastLba } = table;
  const kept = table.used.flatMap(({ number, entry }): PlacedClaim[] => {
    const intent = changes.get(number) ?? {};
    if (intent.delete) return [];
    const span = entrySpan(entry);
    const startLba = intent.move ? intent.move.start / sectorSize : span.startLba;
    const count = intent.resize ? intent.resize.size / sectorSize : span.endLba - span.startLba;
    const item = intent.move?.item ?? intent.resize?.item ?? null;
    return [{ what: `partition ${number}`, item, startLba, endLba: startLba + count }];
  });
  const endLba = lastLba - Math.ceil(entryArrayBytes(active.header) / sectorSize);
  const usable = { what: 'what partitions may use', startLba: safeNumber(active.header.firstUsableLba), endLba };
  for (const claim of [...kept, ...created]) refuseOutside(claim, usable, sectorSize);
  refuseOverlaps([...kept, ...created], sectorSize);
}

function placeChange(number: number, { move, resize }: Intent): PartitionChange[] {
  if (!move && !resize) return [];
  return [{ number, ...(move && { start: move.start }), ...(resize && { size: resize.size }) }];
}
