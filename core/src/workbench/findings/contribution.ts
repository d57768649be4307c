import type { Workbench } from '../api';
import { plural } from '../../common/text/size';
import { ElementWidget } from '../widgets/elementPane';
import type { FindingsModel } from './findingsModel';
import { FindingsView } from './findingsView';

/** The panel of findings, with how many there are at its tab. */
export function registerFindingsView(workbench: Workbench, model: FindingsModel): void {
  const { views, devices } = workbench;
  views.register({
    id: 'findings',
    title: 'Findings',
    icon: 'warning',
    place: 'panel',
    order: 2,
    create: () => new ElementWidget(new FindingsView(workbench, model)),
  });
  model.onDidChange(() => {
    const count = model.all().reduce((sum, { items }) => sum + items.length, 0);
    views.setBadge('findings', count === 0 ? null : { text: String(count), label: plural(count, 'finding') });
  });
  // A check says nothing about other content; the layout is read again by whoever shows it.
  devices.onDidChangeContent((path) => model.forget(path));
}
