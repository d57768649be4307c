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

/** Takes a plugin away, after saying what that means. @throws as `plugins/remove` */
export async function remove(workbench: Workbench, model: PluginModel, plugin: PluginEntry): Promise<void> {
  const { installed } = plugin;
  const after = installed?.builtIn
    ? `Version ${installed.builtIn}, which came with Diskwright, is used again.`
    : disableConsequence(plugin);
  if (await confirm(workbench, plugin, 'Remove', `All its versions are removed. ${after}`)) await model.remove(plugin.id);
}

/** Goes back to the version before, after saying what that means. @throws as `plugins/rollback` */
export async function rollback(workbench: Workbench, model: PluginModel, plugin: PluginEntry): Promise<void> {
  const consequence = `Version ${plugin.installed!.previous} is used in place of ${plugin.version}. What runs now ends in the version in which it began.`;
  if (await confirm(workbench, plugin, 'Roll back', consequence)) await model.rollback(plugin.id);
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
