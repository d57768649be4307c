import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { nestedTooDeepAt } from '../../common/text/nesting';
import type { SettingsService } from '../settings/settingsService';
import { type Block, parseBlock } from './store/blockList';
import type { PluginRegistry } from './pluginRegistry';

const KEY = 'plugins.disabled';
export const BLOCKED_KEY = 'plugins.blocked';

/**
 * Ids of the plugins that the user turned off, and what the user blocked, as settings.json says. For a start at which settings are not read yet, since
 * plugins add to them; what is wrong with the file is told by the settings.
 */
export async function unwantedPlugins(dataFolder: string): Promise<{ disabled: string[]; blocked: Block[] }> {
  const text = await readFile(join(dataFolder, 'settings.json'), 'utf8').catch(() => '');
  const isThere = text.includes(KEY) || text.includes(BLOCKED_KEY);
  const values =
    !isThere || nestedTooDeepAt(text) !== null ? {} : (parse(text, [], { allowTrailingComma: true }) as object | undefined);
  const list = (key: string): string[] => {
    const value = (values as Record<string, unknown> | undefined)?.[key];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  };
  return { disabled: list(KEY), blocked: blocksOf(list(BLOCKED_KEY)) };
}

/** Lines of the setting that are none are passed over: settings have no way to refuse them. */
export const blocksOf = (lines: readonly string[]): Block[] => lines.flatMap((line) => parseBlock(line) ?? []);

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
