import './sectors.css';
import type { Contribution, EditorInput, View, Workbench } from '../api';
import { ElementWidget } from '../widgets/elementPane';
import { registerCommands } from './commands/register';
import { DiffEditor } from './diff/diffEditor';
import { SectorEditor } from './editor/sectorEditor';
import type { SearchView } from './search/searchView';
import './search/searchView';
import { Sectors } from './sectors';
import { SectorStatus } from './status';
import './views/bookmarksView';
import './views/inspectorView';
import './views/ownersView';
import './views/pendingView';
import type { SectorView } from './views/sectorView';
import './views/structureView';

function registerViews(sectors: Sectors): void {
  const { views } = sectors.workbench;
  const when = 'sectorsOpen';
  const add = (view: Omit<View, 'create'>, tag: string): void =>
    void views.register({
      ...view,
      create: () =>
        new ElementWidget(Object.assign(document.createElement(tag) as SectorView, { sectors, className: 'dw-sectors-view' })),
    });
  add({ id: 'structure', title: 'Structure', icon: 'list-tree', place: 'secondary', order: 10, when }, 'dw-sector-structures');
  add(
    { id: 'inspector', title: 'Data Inspector', icon: 'symbol-numeric', place: 'secondary', order: 20, when },
    'dw-sector-inspector',
  );
  add({ id: 'bookmarks', title: 'Bookmarks', icon: 'bookmark', place: 'secondary', order: 30, when }, 'dw-sector-bookmarks');
  add({ id: 'pendingChanges', title: 'Pending Changes', icon: 'diff-modified', place: 'panel', order: 30 }, 'dw-sector-pending');
  add({ id: 'owners', title: 'Owner', icon: 'type-hierarchy', place: 'panel', order: 35, when }, 'dw-sector-owners');
  add({ id: 'search', title: 'Search', icon: 'search', place: 'panel', order: 40 }, 'dw-sector-search');
}

/** How many bytes stand changed, at the icon of the view that lists them; and what is open, for when clauses. */
function followActive(sectors: Sectors, { context, views }: Workbench): void {
  sectors.onDidChangeActive((change) => {
    if (change === 'scroll' || change === 'selection') return;
    const count = sectors.active?.document?.edits.count ?? 0;
    context.set('sectorsOpen', Boolean(sectors.active?.document));
    views.setBadge('pendingChanges', count > 0 ? { text: String(count), label: `${count} bytes changed and not written` } : null);
  });
}

/** Shows the structure view beside the first sector editor ever; later it stays where the user leaves it. */
function introduce({ workbench, onDidChangeActive }: Sectors): void {
  const key = 'sectors-introduced';
  const asked = workbench.state.read<boolean>(key).catch(() => true);
  const first = onDidChangeActive(async (change) => {
    if (change !== 'editor') return;
    first.dispose();
    if (await asked) return;
    workbench.state.write(key, true);
    workbench.views.reveal('structure', { focus: false });
  });
}

/** Bytes of devices: looked at, searched, compared and changed. */
export const sectors: Contribution = (workbench) => {
  const shared = new Sectors(workbench);
  registerViews(shared);
  workbench.editors.register({
    type: 'sectors',
    create: (input: EditorInput, state) =>
      new SectorEditor(shared, input, state as ConstructorParameters<typeof SectorEditor>[2]),
  });
  workbench.editors.register({ type: 'diff', create: (input) => new DiffEditor(shared, input) });
  workbench.editors.onDidChangeActive((pane) => {
    if (pane instanceof SectorEditor) shared.activate(pane);
  });
  const searchView = (): SearchView => (workbench.views.reveal('search') as ElementWidget<SearchView>).element;
  registerCommands(shared, searchView);
  followActive(shared, workbench);
  introduce(shared);
  new SectorStatus(shared);
};
