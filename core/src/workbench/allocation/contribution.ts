import type { Workbench } from '../api';
import { volumeOf } from '../devices/deviceTarget';
import { ElementPane } from '../widgets/elementPane';
import { AllocationEditor } from './allocationEditor';

/** The editor of a volume's allocation map; its key is the volume's name, `path#N`. */
export function registerAllocationEditor(workbench: Workbench): void {
  workbench.editors.register({
    type: 'allocation',
    create: (input, state) => {
      const { path, partition } = volumeOf(input.key);
      const label = `${workbench.devices.label(path)}${partition === 0 ? '' : ` #${partition}`}`;
      return new ElementPane(input, new AllocationEditor(workbench, path, partition, state), {
        label,
        caption: `Allocation map of ${input.key}`,
        icon: 'table',
      });
    },
  });
}
