import type { Workbench } from '../../api';
import { ElementWidget } from '../../widgets/elementPane';
import { Output } from './output';

/** The panel's view of logs. */
export function registerOutput(workbench: Workbench): void {
  const { views, commands, menus, keybindings } = workbench;
  views.register({
    id: 'output',
    title: 'Output',
    icon: 'output',
    place: 'panel',
    order: 90,
    create: () => new ElementWidget(new Output(workbench)),
  });
  commands.register({
    id: 'output.show',
    title: 'Show Output',
    category: 'View',
    run: () => void views.reveal('output', { focus: true }),
  });
  keybindings.add({ keys: 'Ctrl+Shift+U', command: 'output.show' });
  menus.add('view', { command: 'output.show', group: '5_views', order: 90 });
}
