import { printable } from '../../../common/text/printable';
import { sizeText } from '../../widgets/shared/sizeText';
import type { PlanningBase } from './applyChanges';
import type { PlannedChange } from './changes';
import { partitionTypeTitle } from './partitionTypes';

/**
 * A change in words: `Create partition 3, 10 MiB at 40 MiB, Linux filesystem`.
 * @param number of the partition that a creation makes; null while it does not hold
 */
export function describeChange(change: PlannedChange, { layout }: PlanningBase, number: number | null): string {
  const table = layout.table.type;
  switch (change.kind) {
    case 'create': {
      const words = [
        `Create partition${number === null ? '' : ` ${number}`}`,
        `${sizeText(change.size)} at ${sizeText(change.start)}`,
        partitionTypeTitle(table, change.type),
      ];
      return printable([...words, ...(change.name ? [`“${change.name}”`] : [])].join(', '));
    }
    case 'initialize':
      return `New ${change.table.toUpperCase()} partition table, all partitions go away`;
    case 'delete':
      return `Delete partition ${change.number}`;
    case 'resize':
      return `Resize partition ${change.number} to ${sizeText(change.size)}`;
    case 'move':
      return `Move partition ${change.number} to ${sizeText(change.start)}`;
    case 'set': {
      const words = [
        ...(change.type === undefined ? [] : [`type ${partitionTypeTitle(table, change.type)}`]),
        ...(change.name === undefined ? [] : [change.name ? `name “${change.name}”` : 'no name']),
        ...(change.bootable === undefined ? [] : [change.bootable ? 'bootable' : 'not bootable']),
      ];
      return printable(`Set partition ${change.number}: ${words.join(', ')}`);
    }
  }
}
