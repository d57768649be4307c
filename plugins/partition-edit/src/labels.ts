import type { PartitionOperation } from '@diskwright/sdk/protocol';
import type { Wanted } from './operations';

const MIB = 1024 * 1024;

/** Bytes in as few digits as say them exactly. */
const exactly = (bytes: number): string => (bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`);

/** An operation in words, a clause: `move partition 3 to 40 MiB`. */
export function inWords(operation: PartitionOperation): string {
  switch (operation.kind) {
    case 'create':
      return `create a partition of ${exactly(operation.size)} at ${exactly(operation.start)}`;
    case 'delete':
      return `delete partition ${operation.number}`;
    case 'resize':
      return `resize partition ${operation.number} to ${exactly(operation.size)}`;
    case 'move':
      return `move partition ${operation.number} to ${exactly(operation.start)}`;
    case 'set': {
      const what = (['type', 'name', 'bootable'] as const).filter((field) => operation[field] !== undefined);
      return `change the ${what.join(' and ') || 'entry'} of partition ${operation.number}`;
    }
  }
}

/** The operation as steps and notes name it: `operation 2: move partition 3 to 40 MiB`. */
export const labelOf = (item: number, operation: PartitionOperation): string => `operation ${item + 1}: ${inWords(operation)}`;

/** All operations, in the order of the input. */
export function labels({ initialize, operations }: Wanted): string[] {
  const listed = operations.map(({ item, operation }) => ({ item, label: labelOf(item, operation) }));
  if (initialize)
    listed.push({
      item: initialize.item,
      label: `operation ${initialize.item + 1}: make a new ${initialize.table.toUpperCase()} partition table`,
    });
  return listed.sort((a, b) => a.item - b.item).map(({ label }) => label);
}
