import type { Contribution } from '../api';
import { ElementPane, ElementWidget } from '../widgets/elementPane';
import { PluginEditor } from './pluginEditor';
import { PluginModel } from './pluginModel';
import { PluginNotices } from './pluginNotices';
import { PluginsView } from './pluginsView';

/** Plugins: what Diskwright is made of. */
export const plugins: Contribution = (workbench) => {
  const { editors, views } = workbench;
  const model = new PluginModel(workbench);
  new PluginNotices(workbench, model);
  views.register({
    id: 'plugins',
    title: 'Plugins',
    icon: 'extensions',
    place: 'sidebar',
    order: 40,
    create: () => new ElementWidget(new PluginsView(workbench, model)),
  });
  editors.register({
    type: 'plugin',
    create: (input) => {
      const editor = new PluginEditor(workbench, model, input.key, (title) => pane.rename(title, `Plugin ${input.key}`));
      const pane = new ElementPane(input, editor, { label: input.key, icon: 'extensions' });
      return pane;
    },
  });
};
