import type { ContributedView } from '../../common/workbench';
import { Disposables, type Contribution, type Disposable, type Workbench } from '../api';
import { askForTarget, type DeviceTarget, volumeName } from '../devices/deviceTarget';
import { ElementPane, ElementWidget } from '../widgets/elementPane';
import { commandCatalogue, pageView } from '../wizards/commandCatalogue';
import { PluginView } from './pluginView';
import { ViewEvents } from './viewEvents';
import { ViewStates } from './viewStates';

/** After those of the workbench itself. */
const ORDER = 100;

/** Views of plugins: those beside and below the editors, and those that are editors; they come and go with their plugins. */
export const pluginViews: Contribution = (workbench) => {
  const catalogue = commandCatalogue(workbench.host);
  const events = new ViewEvents(workbench.host);
  const states = new ViewStates(workbench.state);
  workbench.editors.register({
    type: 'pluginView',
    create: (input, state) => {
      const { view, subject } = viewOf(input.key);
      const element = new PluginView(workbench, catalogue, events, { view, subject, state });
      const pane = new ElementPane(input, element, titleOf(view, subject));
      const renaming = catalogue.onDidChange(() => {
        const { label, caption } = titleOf(view, subject);
        pane.rename(label, caption);
      });
      pane.disposed.connect(() => renaming.dispose());
      return pane;
    },
  });
  const titleOf = (view: string, subject: string | null) => {
    const title = catalogue.findView(view)?.contribution.title ?? view;
    const icon = catalogue.findView(view)?.contribution.icon ?? 'preview';
    return { label: title, caption: subject === null ? title : `${title}: ${subject}`, icon };
  };

  const offered = new Map<string, Disposable>();
  catalogue.onDidChange(() => {
    const views = catalogue.views ?? [];
    const wanted = new Map(views.map((view) => [JSON.stringify(view.contribution), view]));
    for (const [key, offer] of offered) {
      if (wanted.has(key)) continue;
      offer.dispose();
      offered.delete(key);
    }
    for (const [key, view] of wanted) if (!offered.has(key)) offered.set(key, offer(view));
  });

  const offer = ({ contribution }: ContributedView): Disposable => {
    const { id, title, icon = 'preview', location } = contribution;
    if (location === 'editor') return offerEditor(workbench, contribution);
    const store = {
      read: () => states.read(id),
      write: (state: unknown) => void states.write(id, state),
    };
    const create = () =>
      new ElementWidget(new PluginView(workbench, catalogue, events, { view: id, subject: null, state: null, store }));
    return workbench.views.register({ id: pageView(id), title, icon, place: location, order: ORDER, create });
  };
};

/** In the palette, in the menu of views where it is of nothing, and in that of disks where it is opened on one. */
function offerEditor(
  workbench: Workbench,
  { id, title, description, icon, subject }: ContributedView['contribution'],
): Disposable {
  const { commands, menus, editors } = workbench;
  const offered = new Disposables();
  const command = pageView(id);
  const open = (name: string | null): unknown => editors.open({ type: 'pluginView', key: name === null ? id : `${id} ${name}` });
  offered.add(
    commands.register({
      id: command,
      title: subject ? `${title}…` : `Show ${title}`,
      category: subject ? 'Disk' : 'View',
      ...(icon !== undefined && { icon }),
      run: async (args) => {
        if (!subject) return open(null);
        const { input } = (args ?? {}) as { input?: { subject?: string } };
        if (input?.subject !== undefined) return open(input.subject);
        const target = await askForTarget(workbench, args, { title: description ?? title });
        if (target) return open(subjectOf(target, subject));
      },
    }),
  );
  offered.add(menus.add(subject ? 'disk' : 'view', { command, group: subject ? '5_plugins' : '3_views' }));
  return offered;
}

function subjectOf(target: DeviceTarget, subject: 'device' | 'volume'): string {
  return subject === 'device' ? target.path : volumeName({ path: target.path, partition: target.partition ?? 0 });
}

/** An editor's key is the view's id and, behind a blank, what it is opened on. */
function viewOf(key: string): { view: string; subject: string | null } {
  const blank = key.indexOf(' ');
  return blank < 0 ? { view: key, subject: null } : { view: key.slice(0, blank), subject: key.slice(blank + 1) };
}
