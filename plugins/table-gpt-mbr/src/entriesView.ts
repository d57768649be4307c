import type { PluginContext } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type { CommandInput, CommandResult, TreeNode } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { entrySpan, isListable } from './gpt/checkGptEntries';
import { maximumPartitions } from './gpt/gptLayout';
import type { ActiveCopy, GptTable, UsedEntry } from './gpt/gptTable';
import type { MbrPartition, MbrTable } from './mbr/mbrTable';
import { gptTypeName } from './names/gptTypeNames';
import { formatMbrType, mbrTypeName } from './names/mbrTypeNames';
import { readTable } from './readTable';
import { describeAttributes, gptEntry } from './structures/gptEntry';
import { activeFlag, mbrPartitionEntry } from './structures/mbrPartitionEntry';

/** Where the entries of a boot record lie in its sector. */
const RECORD_ENTRIES_OFFSET = 446;
const RECORD_ENTRIES = 4;

/** Every entry of the table as a tree. @throws RefusedError when the device has no table, or none whose entries can be read */
export async function showEntries(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const lease = await context.devices.lease(input['device'] as string);
  const name = context.named['device'] ?? '';
  const found = await readTable(lease, context.signal);
  if (!found) throw new RefusedError(`${name} has neither a GPT nor an MBR`, { device: name });
  const { table } = found;
  const nodes = table.kind === 'gpt' ? gptNodes(table, name) : mbrNodes(table);
  return { kind: 'view', view: { view: 'tree', title: `Partition entries of ${name}, ${table.kind.toUpperCase()}`, nodes } };
}

function gptNodes(table: GptTable, name: string): TreeNode[] {
  const { active } = table;
  if (!active)
    throw new RefusedError('neither copy of the GPT can be read', { device: name, todo: 'See the findings of its layout.' });
  const nodes: TreeNode[] = [];
  let next = 1;
  for (const used of table.used.slice(0, maximumPartitions)) {
    nodes.push(...unusedNodes(active, table.sectorSize, next, used.number - 1), gptNode(used, active, table.sectorSize));
    next = used.number + 1;
  }
  return [...nodes, ...unusedNodes(active, table.sectorSize, next, active.header.partitionEntryCount)];
}

/** One node for the unused entries from `first` to `last`; none when there are none. */
function unusedNodes({ header }: ActiveCopy, sectorSize: number, first: number, last: number): TreeNode[] {
  if (first > last) return [];
  const offset = safeNumber(header.partitionEntryLba) * sectorSize + (first - 1) * header.partitionEntrySize;
  const ranges = [{ offset, length: (last - first + 1) * header.partitionEntrySize }];
  return [{ label: first === last ? `${first}` : `${first} … ${last}`, description: 'unused', ranges }];
}

function gptNode({ number, entry, at }: UsedEntry, { header }: ActiveCopy, sectorSize: number): TreeNode {
  const { startLba, endLba } = entrySpan(entry);
  const own = { offset: safeNumber(header.partitionEntryLba) * sectorSize + at, length: header.partitionEntrySize };
  const place = isListable(entry, sectorSize)
    ? [{ offset: startLba * sectorSize, length: (endLba - startLba) * sectorSize }]
    : [];
  const field = (label: keyof typeof entry, description: string): TreeNode => {
    const { offset, length } = gptEntry.range(label);
    return { label, description, ranges: [{ offset: own.offset + offset, length }] };
  };
  const words = describeAttributes(entry.attributes);
  return {
    label: `${number}`,
    description: `${entry.name ? `"${entry.name}", ` : ''}${gptTypeName(entry.typeGuid)}, LBA ${entry.firstLba} … ${entry.lastLba}`,
    ranges: [...place, own],
    children: [
      field('typeGuid', `${entry.typeGuid} (${gptTypeName(entry.typeGuid)})`),
      field('uniqueGuid', entry.uniqueGuid),
      field('firstLba', String(entry.firstLba)),
      field('lastLba', String(entry.lastLba)),
      field('attributes', `0x${entry.attributes.toString(16).padStart(16, '0')}${words ? ` (${words})` : ''}`),
      field('name', entry.name),
    ],
  };
}

function mbrNodes(table: MbrTable): TreeNode[] {
  const record = (label: string, lba: number, index: number | null): TreeNode => ({
    label,
    description: `LBA ${lba}`,
    ranges: [{ offset: lba * table.sectorSize, length: table.sectorSize }],
    children: Array.from({ length: RECORD_ENTRIES }, (_, slot) => mbrNode(table, lba, index, slot)),
  });
  return [
    record('master boot record', 0, null),
    ...table.records.map(({ lba, container }, index) =>
      record(`extended boot record in partition ${container.number}`, lba, index),
    ),
  ];
}

/** One of the four entries of a boot record; `record` is that of a chain, or null. */
function mbrNode(table: MbrTable, lba: number, record: number | null, slot: number): TreeNode {
  const offset = lba * table.sectorSize + RECORD_ENTRIES_OFFSET + slot * mbrPartitionEntry.size;
  const own = { offset, length: mbrPartitionEntry.size };
  const found = table.partitions.find((partition) => partition.record === record && partition.slot === slot);
  if (found) return usedNode(found, own, table.sectorSize);
  const isLink = record !== null && table.records[record]!.linkSlot === slot;
  return { label: `entry ${slot + 1}`, description: isLink ? 'leads to the next record' : 'unused', ranges: [own] };
}

function usedNode(
  { number, role, startLba, sectorCount, entry, slot }: MbrPartition,
  own: { offset: number; length: number },
  sectorSize: number,
): TreeNode {
  const type = `${formatMbrType(entry.type)} (${mbrTypeName(entry.type)})`;
  return {
    label: `entry ${slot + 1}: partition ${number}`,
    description: `${role}, ${type}, LBA ${startLba} … ${startLba + sectorCount - 1}`,
    ranges: [{ offset: startLba * sectorSize, length: sectorCount * sectorSize }, own],
    children: [
      { label: 'type', description: type },
      { label: 'active', description: entry.bootIndicator === activeFlag ? 'yes' : 'no' },
      { label: 'first LBA', description: String(startLba) },
      { label: 'sectors', description: String(sectorCount) },
    ],
  };
}
