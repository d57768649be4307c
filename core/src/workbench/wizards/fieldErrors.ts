import { printable } from '../../common/text/printable';
import { capitalised, sentence } from '../widgets/shared/errorText';
import type { FormField } from './formFields';
import type { Resolution } from './resolver';

type InputErrors = Resolution['errors'];

/** Errors by the field they belong to, each with what to do about it; what belongs to none stands under `''`. */
export function errorsByField(fields: readonly FormField[], errors: InputErrors): Map<string, string[]> {
  const names = new Set(fields.map(({ name }) => name));
  const sorted = new Map<string, string[]>();
  for (const { field, message, todo } of errors) {
    // Of an item of a list the path goes on behind a dot.
    const name = names.has(field) ? field : field.split('.')[0]!;
    const place = names.has(name) ? name : '';
    const item = place === field ? null : /^\.(\d+)/.exec(field.slice(place.length));
    const which = place === '' ? field : item ? `item ${Number(item[1]) + 1}` : '';
    const text = which === '' ? message : `${which}: ${message}`;
    const advised = todo ? `${text}${/[.!?]$/.test(text) ? '' : '.'} ${sentence(todo)}` : text;
    sorted.set(place, [...(sorted.get(place) ?? []), advised]);
  }
  return sorted;
}

/** A message as it stands below a field: what follows the field's name in a sentence becomes one of its own. */
export function fieldMessage(field: FormField, message: string): string {
  if (field.control === 'list' && message === 'is needed') return 'At least one is needed';
  const text = /^(is|has|names|holds|lies) /.test(message) ? `${field.label} ${message}` : message;
  return capitalised(printable(text));
}
