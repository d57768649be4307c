import type { Contribution } from '../api';
import { ElementPane, ElementWidget } from '../widgets/elementPane';
import { AuditEditor } from './audit/auditEditor';
import { PluginEditor } from './pluginEditor';
import { installByName, installFile } from './pluginInstall';
import { PluginModel } from './pluginModel';
import { PluginNotices } from './pluginNotices';
import { PluginsView } from './pluginsView';

/** Plugins: what Diskwright is made of. */
export const plugins: Contribution = (workbench) => {
  const { commands, editors, menus, views } = workbench;
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
  commands.register({
    id: 'plugins.installFile',
    category: 'Plugins',
    title: 'Install from File…',
    run: () => installFile(workbench),
  });
  commands.register({
    id: 'plugins.installByName',
    category: 'Plugins',
    title: 'Install from Registry…',
    run: () => installByName(workbench),
  });
  commands.register({
    id: 'plugins.audit',
    category: 'Plugins',
    title: 'Show What Was Read and Written',
    icon: 'history',
    run: (args) => editors.open({ type: 'audit', key: 'log', ...(args ? { params: args } : {}) }),
  });
  menus.add('tools', { command: 'plugins.audit', group: '6_plugins' });
  menus.add('title:plugins', { command: 'plugins.audit', group: 'inline' });
  editors.register({
    type: 'audit',
    create: (input, state) =>
      new ElementPane(input, new AuditEditor(workbench, input.params, state), {
        label: 'Read and Written',
        caption: 'Who read and wrote which bytes of which device',
        icon: 'history',
      }),
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
