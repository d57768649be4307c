import type { Workbench } from '../../api';
import { ElementWidget } from '../../widgets/elementPane';
import { Output } from './output';

/** The panel's view of logs. */
export function registerOutput(workbench: Workbench): void {
  const { views, keybindings } = workbench;
  views.register({
    id: 'output',
    title: 'Output',
    icon: 'output',
    place: 'panel',
    order: 90,
    create: () => new ElementWidget(new Output(workbench)),
  });
  keybindings.add({ keys: 'Ctrl+Shift+U', command: 'output.show' });
}
