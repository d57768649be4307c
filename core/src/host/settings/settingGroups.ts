import type { InputField } from '@diskwright/sdk/protocol';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import { CORE_SETTINGS, type SettingGroup } from './coreSettings';

/** All settings: those of Diskwright itself, then those of each plugin that has any. */
export function settingGroups(registry: Pick<PluginRegistry, 'list'>): SettingGroup[] {
  const plugins = registry.list().flatMap(({ plugin }) => {
    const properties = plugin?.manifest.contributes.settings;
    return plugin && properties ? [{ title: plugin.manifest.displayName ?? plugin.id, plugin: plugin.id, properties }] : [];
  });
  return [...CORE_SETTINGS, ...plugins];
}

/** Every setting by its key. */
export function settingFields(groups: readonly SettingGroup[]): ReadonlyMap<string, InputField> {
  return new Map(groups.flatMap(({ properties }) => Object.entries(properties)));
}
