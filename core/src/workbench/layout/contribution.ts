import type { Workbench } from '../api';
import type { DeviceMenus } from '../devices/deviceMenus';
import type { FindingsModel } from '../findings/findingsModel';
import { ElementPane } from '../widgets/elementPane';
import { LayoutEditor } from './layoutEditor';
import { PlanningStore } from './planning/planningStore';

/** The editor of a device's layout; its key is the device's path. */
export function registerLayoutEditor(workbench: Workbench, findings: FindingsModel, menus: DeviceMenus): void {
  const store = new PlanningStore(workbench.state);
  workbench.editors.register({
    type: 'layout',
    create: (input, state) => {
      const editor = new LayoutEditor(workbench, { findings, store, menus }, input.key, state);
      editor.reveal(input.params);
      return new ElementPane(input, editor, {
        label: workbench.devices.label(input.key),
        caption: `Layout of ${input.key}`,
        icon: 'layout',
      });
    },
  });
}
