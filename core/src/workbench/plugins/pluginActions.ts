import type { PluginEntry } from '../../common/workbench';
import type { Workbench } from '../api';
import type { PluginModel } from './pluginModel';

/** Turns a plugin on, or off after saying what that means. @throws as `plugins/setEnabled` */
export async function setEnabled(workbench: Workbench, model: PluginModel, plugin: PluginEntry, enabled: boolean): Promise<void> {
  if (!enabled && !(await confirm(workbench, plugin, 'Disable', disableConsequence(plugin)))) return;
  await model.setEnabled(plugin.id, enabled);
}

/** Ends a plugin's process and starts another, after saying what that means. @throws as `plugins/restart` */
export async function restart(workbench: Workbench, model: PluginModel, plugin: PluginEntry): Promise<void> {
  const consequence =
    'What it does now is broken off: commands that run in it fail, and volumes that it has open are opened again.';
  if (plugin.process && !(await confirm(workbench, plugin, 'Restart', consequence))) return;
  await model.restart(plugin.id);
}

async function confirm({ dialogs }: Workbench, plugin: PluginEntry, verb: string, consequence: string): Promise<boolean> {
  const label = `${verb} ${plugin.displayName}`;
  const button = await dialogs.show({
    title: `${label}?`,
    body: consequence,
    buttons: [
      { label, kind: 'danger' },
      { label: 'Leave it as it is', kind: 'normal' },
    ],
  });
  return button === 0;
}

/** What is not there any more without it. */
export function disableConsequence({ contributes, process }: Pick<PluginEntry, 'contributes' | 'process'>): string {
  const lost = contributes.length > 0 ? `Without it you do not have: ${contributes.join('; ')}.` : 'It brings nothing now.';
  const running = process ? ' Its process ends, and what it does now is broken off.' : '';
  return `${lost}${running} Plans and jobs that are there already stay: no plugin is needed to apply them. You can enable it again at any time.`;
}
