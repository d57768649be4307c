import type { CommandInput } from '@diskwright/sdk/protocol';
import { itemValue } from '../../common/commands/itemValue';
import type { FormField } from './formFields';

/** What stands in a control: text as it was typed, a check mark, or the lines of a list. */
export type DraftValue = string | boolean | string[];
/** What the user has given so far, by field; a field that is not in it was left alone. */
export type Draft = Readonly<Record<string, DraftValue>>;

/**
 * What a control shows: what the user gave, else the command's own proposal for the other values, else the schema's default.
 * @param proposed the defaults that `commands/resolve` answered
 */
export function shownValue(field: FormField, draft: Draft, proposed: CommandInput): DraftValue {
  const given = draft[field.name];
  if (given !== undefined) return given;
  const { definition } = field;
  return asDraft(field, proposed[field.name] ?? ('default' in definition ? definition.default : undefined));
}

/** A value of a command's input as its control shows it. */
export function asDraft(field: FormField, value: unknown): DraftValue {
  if (field.control === 'check') return value === true;
  if (field.control === 'list') return Array.isArray(value) ? value.map(itemText) : [];
  return value === undefined || value === null ? '' : itemText(value);
}

/** An input, such as one that a menu gives, as a draft. What is no field is left out. */
export function draftOf(fields: readonly FormField[], input: CommandInput): Draft {
  const given = fields.filter(({ name }) => input[name] !== undefined);
  return Object.fromEntries(given.map((field) => [field.name, asDraft(field, input[field.name])]));
}

/** The draft without what may not be kept. */
export function lastingDraft(fields: readonly FormField[], draft: Draft): Draft {
  const secret = new Set(fields.filter(({ control }) => control === 'secret').map(({ name }) => name));
  return Object.fromEntries(Object.entries(draft).filter(([name]) => !secret.has(name)));
}

/**
 * The draft as a command's input. What is no number stays text, so that the check of the input says so at its field.
 * @param proposed as of {@link shownValue}; given when the command is run, left out when it is asked for proposals, since it would take its own
 * earlier ones for the user's
 */
export function inputOf(fields: readonly FormField[], draft: Draft, proposed: CommandInput = {}): CommandInput {
  const input: CommandInput = {};
  for (const field of fields) {
    if (draft[field.name] === undefined && proposed[field.name] !== undefined) {
      input[field.name] = proposed[field.name];
      continue;
    }
    const value = valueOf(field, shownValue(field, draft, {}));
    if (value !== undefined) input[field.name] = value;
  }
  return input;
}

/** A control's value as the schema wants it; undefined for what was left empty. */
function valueOf({ definition, control }: FormField, shown: DraftValue): unknown {
  if (typeof shown === 'boolean') return shown;
  if (typeof shown === 'string') {
    if (control === 'number') return shown.trim() === '' ? undefined : numberOr(shown);
    // A secret and a free text may begin or end with blanks; a name that was pasted never means to.
    const text = control === 'text' || control === 'secret' ? shown : shown.trim();
    return text === '' ? undefined : text;
  }
  const items = shown.filter((line) => line.trim() !== '');
  const type = definition.type === 'array' ? definition.items.type : 'string';
  return items.length === 0 ? undefined : items.map((line) => itemValue(type, line));
}

function numberOr(text: string): unknown {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

const itemText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
