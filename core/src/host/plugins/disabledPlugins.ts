import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { nestedTooDeepAt } from '../../common/text/nesting';
import type { SettingsService } from '../settings/settingsService';
import type { PluginRegistry } from './pluginRegistry';

const KEY = 'plugins.disabled';

/**
 * Ids of the plugins that the user turned off, as settings.json says. For a start at which settings are not read yet, since plugins add to them; what is
 * wrong with the file is told by the settings.
 */
export async function disabledPlugins(dataFolder: string): Promise<string[]> {
  const text = await readFile(join(dataFolder, 'settings.json'), 'utf8').catch(() => '');
  if (!text.includes(KEY) || nestedTooDeepAt(text) !== null) return [];
  const values = parse(text, [], { allowTrailingComma: true }) as Record<string, unknown> | undefined;
  const disabled = values?.[KEY];
  return Array.isArray(disabled) ? disabled.filter((id) => typeof id === 'string') : [];
}

/** Turns a plugin off or on, lastingly. @throws InvalidInputError for an unknown plugin */
export async function setPluginEnabled(
  settings: SettingsService,
  registry: PluginRegistry,
  id: string,
  enabled: boolean,
): Promise<void> {
  registry.requireListed(id);
  const others = settings.get<string[]>(KEY).filter((disabled) => disabled !== id);
  const disabled = enabled ? others : [...others, id].sort();
  await settings.set(KEY, disabled.length > 0 ? disabled : null);
}
