import type { Workbench } from '../api';
import { ElementPane } from '../widgets/elementPane';
import { AllocationEditor } from './allocationEditor';

/** The editor of a volume's allocation map; its key is the volume's name, `path#N`. */
export function registerAllocationEditor(workbench: Workbench): void {
  workbench.editors.register({
    type: 'allocation',
    create: (input, state) => {
      const at = input.key.lastIndexOf('#');
      const path = input.key.slice(0, at);
      const partition = Number(input.key.slice(at + 1));
      const label = `${workbench.devices.label(path)}${partition === 0 ? '' : ` #${partition}`}`;
      return new ElementPane(input, new AllocationEditor(workbench, path, partition, state), {
        label,
        caption: `Allocation map of ${input.key}`,
        icon: 'table',
      });
    },
  });
}
