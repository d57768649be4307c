/** Settings as the form shows them: what of them matches a search, and whether a value may be set. Pure. */
import { printable, printableLines } from '../../../../common/text/printable';
import type { WorkbenchResult } from '../../../../common/workbench';

type SettingGroups = WorkbenchResult<'settings/schema'>['groups'];

/** What is known of a setting's schema. */
export interface SettingSchema {
  type: 'string' | 'boolean' | 'integer' | 'number' | 'array';
  title?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  items?: { type?: string; enum?: unknown[] };
}
export interface Setting {
  key: string;
  schema: SettingSchema;
}
export interface SettingGroup {
  title: string;
  settings: Setting[];
}

/** The settings whose words contain all words of the query; `@modified` stands for those that have another value than the default. */
export function findSettings(groups: SettingGroups, query: string, isModified: (setting: Setting) => boolean): SettingGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = words.filter((word) => word !== '@modified');
  return groups
    .map(({ title, properties }) => ({
      title: printable(title),
      settings: Object.entries(properties)
        .map(([key, schema]): Setting => ({ key, schema: readable(schema as SettingSchema) }))
        .filter((setting) => {
          if (words.includes('@modified') && !isModified(setting)) return false;
          const { key, schema } = setting;
          const text = [title, key, schema.title, schema.description, ...(schema.enum ?? [])].join(' ').toLowerCase();
          return wanted.every((word) => text.includes(word));
        }),
    }))
    .filter(({ settings }) => settings.length > 0);
}

/** What a setting is as long as nobody says otherwise. */
export function defaultOf({ type, default: value }: SettingSchema): unknown {
  return value ?? (type === 'array' ? [] : null);
}

/** A value as it was typed, or why it cannot be one. */
export function readTyped(schema: SettingSchema, text: string): { value: unknown } | { problem: string } {
  if (schema.type === 'array') {
    return {
      value: text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    };
  }
  if (schema.type !== 'integer' && schema.type !== 'number') return { value: text };
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return { problem: 'Type a number.' };
  if (schema.type === 'integer' && !Number.isInteger(value)) return { problem: 'Type a whole number.' };
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value < minimum) return { problem: `The least is ${minimum}.` };
  if (value > maximum) return { problem: `The most is ${maximum}.` };
  return { value };
}

/** What plugins say of their settings: characters that deceive are visible in it. */
function readable({ title, description, ...rest }: SettingSchema): SettingSchema {
  return {
    ...rest,
    ...(title !== undefined && { title: printable(title) }),
    ...(description !== undefined && { description: printableLines(description) }),
  };
}
