import { printableLines } from '../../../../common/text/printable';
import type { WorkbenchResult } from '../../../../common/workbench';
import type { Command } from '../../../api';

type SettingGroups = WorkbenchResult<'settings/schema'>['groups'];

/** The JSON Schema of settings.json, put together of all settings. */
export function settingsSchema(groups: SettingGroups): object {
  const properties = groups.flatMap(({ title, properties: own }) =>
    Object.entries(own).map(([key, schema]) => [key, describe(schema as Record<string, unknown>, title)] as const),
  );
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false, allowTrailingCommas: true };
}

/** What is shown beside a setting while it is typed. */
function describe(schema: Record<string, unknown>, group: string): object {
  const { title, description, ...rest } = schema;
  return { ...rest, description: printableLines([`${group}: ${String(title ?? '')}`, description].filter(Boolean).join('\n\n')) };
}

/** The JSON Schema of keybindings.json, with every command of this window. */
export function keybindingsSchema(commands: readonly Command[]): object {
  const known = commands.map((command) => ({
    const: command.id,
    description: command.category ? `${command.category}: ${command.title}` : command.title,
  }));
  const removals = commands.map(({ id, title }) => ({ const: `-${id}`, description: `Takes the keys away from: ${title}` }));
  return {
    type: 'array',
    allowTrailingCommas: true,
    items: {
      type: 'object',
      required: ['command'],
      additionalProperties: false,
      defaultSnippets: [{ label: 'New keybinding', body: { key: '$1', command: '$2' } }],
      properties: {
        key: { type: 'string', description: 'Ctrl+G, or two strokes one after the other: Ctrl+K Ctrl+G. On a Mac, Ctrl is Cmd.' },
        command: {
          description: 'The command that runs; with a minus before it, the command that these keys are taken away from.',
          anyOf: [...known, ...removals, { type: 'string' }],
        },
        when: { type: 'string', description: 'Only while this holds: activeEditor == sectors && !inputFocus' },
        args: { description: 'What the command is given.' },
      },
    },
  };
}
