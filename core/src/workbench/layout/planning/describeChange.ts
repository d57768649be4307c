import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { formatSize } from '../../../common/text/size';
import type { PlannedChange } from './changes';
import { partitionTypeTitle } from './partitionTypes';

/** A change in words: `Create partition 3, 10 MiB at 40 MiB, Linux filesystem`. */
export function describeChange(change: PlannedChange, { table }: DeviceLayout): string {
  switch (change.kind) {
    case 'create': {
      const name = change.name ? `, “${change.name}”` : '';
      return `Create partition ${change.number}, ${formatSize(change.size)} at ${formatSize(change.start)}, ${partitionTypeTitle(table.type, change.type)}${name}`;
    }
    case 'delete':
      return `Delete partition ${change.number}`;
    case 'resize':
      return `Resize partition ${change.number} to ${formatSize(change.size)}`;
    case 'move':
      return `Move partition ${change.number} to ${formatSize(change.start)}`;
  }
}
