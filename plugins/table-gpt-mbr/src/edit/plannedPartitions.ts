import { changeEntry } from '../mbr/changeEntry';
import { addressableSectors } from '../mbr/mbrLayout';
import type { MbrPartition, MbrTable } from '../mbr/mbrTable';
import { unusedEntry } from '../mbr/rebuildChains';
import { formatMbrType, isExtendedType, protectiveType } from '../names/mbrTypeNames';
import { activeFlag, type MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import { type Intent, type Intents, invalid, type Listed, refused } from './intents';
import type { PlacedClaim } from './places';

/** A partition of an MBR disk as it shall be. */
export interface PlannedPartition {
  claim: PlacedClaim;
  /** With its start from the beginning of the disk. */
  entry: MbrPartitionEntry;
  /** As it was read; null when it is new. */
  before: MbrPartition | null;
}

/**
 * The partitions that stay, as the operations want them.
 * @throws InvalidInputError, RefusedError for what an entry of an MBR cannot say or be
 */
export function keptPartitions(table: MbrTable, { changes }: Intents): PlannedPartition[] {
  return table.partitions.flatMap((before): PlannedPartition[] => {
    const intent = changes.get(before.number) ?? {};
    if (intent.delete) return [];
    if (before.role === 'extended' && intent.move)
      throw refused(
        intent.move.item,
        `partition ${before.number} is an extended one, whose place all of its boot records count from`,
        {
          todo: 'move its logical partitions out of it, delete it, and create it at its new place',
        },
      );
    return [placed(before, intent, table.sectorSize)];
  });
}

function placed(before: MbrPartition, { move, resize, set }: Intent, sectorSize: number): PlannedPartition {
  const startLba = move ? move.start / sectorSize : before.startLba;
  const sectorCount = resize ? resize.size / sectorSize : before.sectorCount;
  const item = move?.item ?? resize?.item ?? null;
  const claim = { what: `partition ${before.number}`, item, startLba, endLba: startLba + sectorCount };
  refuseUnaddressable(claim, sectorSize);
  const entry = changeEntry(before.entry, before, { startLba, sectorCount }, 0);
  return { claim, before, entry: set ? described(entry, set) : entry };
}

/** @throws InvalidInputError, RefusedError for what an entry of an MBR cannot say */
export function newPartition(operation: Listed<'create'>, sectorSize: number): PlannedPartition {
  const startLba = operation.start / sectorSize;
  const sectorCount = operation.size / sectorSize;
  const claim = { what: 'the new partition', item: operation.item, startLba, endLba: startLba + sectorCount };
  refuseUnaddressable(claim, sectorSize);
  // A type of its own until it gets the one that is wanted: the change of an extended type is refused.
  const blank = { ...unusedEntry(), type: parseType(operation.type, operation.item) };
  const entry = changeEntry(blank, { startLba: 0, sectorCount: 0 }, { startLba, sectorCount }, 0);
  return { claim, before: null, entry: described(entry, operation) };
}

function described(
  entry: MbrPartitionEntry,
  { item, type, name, bootable }: Pick<Listed<'set'>, 'item' | 'type' | 'name' | 'bootable'>,
): MbrPartitionEntry {
  if (name)
    throw invalid(item, 'partitions of an MBR have no names', { todo: 'leave the name out, or give the filesystem a label' });
  const wanted = type === undefined ? entry.type : parseType(type, item);
  if (isExtendedType(wanted) !== isExtendedType(entry.type))
    throw refused(
      item,
      `the type cannot become ${formatMbrType(wanted)}: an extended partition stays one, and no other becomes one`,
      {
        todo: 'delete the partition and create another',
      },
    );
  const bootIndicator = bootable === undefined ? entry.bootIndicator : bootable ? activeFlag : 0;
  return { ...entry, type: wanted, bootIndicator };
}

function parseType(text: string, item: number): number {
  const type = /^0x[0-9a-f]{1,2}$/i.test(text) ? Number(text) : 0;
  if (type !== 0 && type !== protectiveType) return type;
  throw invalid(item, `"${text}" is no type of a partition of an MBR`, { todo: 'write its byte, such as 0x83 for Linux' });
}

function refuseUnaddressable({ what, item, startLba, endLba }: PlacedClaim, sectorSize: number): void {
  if (startLba < addressableSectors && endLba - startLba < addressableSectors) return;
  throw refused(item, `${what} would lie at LBA ${startLba} … ${endLba - 1}, where an MBR cannot point: it counts in 32 bits`, {
    offset: startLba * sectorSize,
    todo: 'a GPT has no such limit',
  });
}
