import { applyEdits, findNodeAtLocation, modify, type Node, parseTree } from 'jsonc-parser';
import { FailedError } from '@diskwright/sdk/errors';
import { nestedTooDeepAt } from '../../../common/text/nesting';

const FORMATTING = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/** A binding as it stands in keybindings.json or comes by default. */
export interface EditedBinding {
  command: string;
  /** As they are written; null for a command without keys. */
  keys: string | null;
  when?: string;
  user: boolean;
}

/**
 * The text of keybindings.json with other keys for a binding, comments and all else as it was; null takes its keys away.
 * @throws FailedError when the text is no list
 */
export function changeKeys(text: string, binding: EditedBinding, keys: string | null): string {
  let changed = text.trim() === '' ? '[]\n' : text;
  const at = binding.user ? indexOfRule(changed, binding) : -1;
  if (at !== -1) return keys === null ? edit(changed, [at], undefined) : edit(changed, [at, 'key'], keys);
  if (keys !== null) changed = append(changed, { key: keys, command: binding.command, when: binding.when });
  if (binding.keys !== null) changed = append(changed, { key: binding.keys, command: `-${binding.command}`, when: binding.when });
  return changed;
}

/** The text without any rule about a command. @throws as {@link changeKeys} */
export function resetKeys(text: string, command: string): string {
  let changed = text;
  const rules = text.trim() === '' ? [] : listOf(text);
  for (let at = rules.length - 1; at >= 0; at--) {
    const named = memberOf(rules[at]!, 'command');
    if (named === command || named === `-${command}`) changed = edit(changed, [at], undefined);
  }
  return changed;
}

function indexOfRule(text: string, { command, keys, when }: EditedBinding): number {
  return listOf(text).findLastIndex((rule) => {
    const same = memberOf(rule, 'command') === command && memberOf(rule, 'when') === when;
    return same && String(memberOf(rule, 'key')).toLowerCase() === String(keys).toLowerCase();
  });
}

function append(text: string, rule: object): string {
  return edit(text, [listOf(text).length], JSON.parse(JSON.stringify(rule)));
}

function edit(text: string, path: (string | number)[], value: unknown): string {
  return applyEdits(text, modify(text, path, value, FORMATTING));
}

function listOf(text: string): Node[] {
  const tree = nestedTooDeepAt(text) === null ? parseTree(text, [], { allowTrailingComma: true }) : undefined;
  if (tree?.type === 'array') return tree.children ?? [];
  throw new FailedError('keybindings.json is no list of keybindings', {
    todo: 'Open it (Preferences: Open Keyboard Shortcuts (JSON)) and correct it first.',
  });
}

const memberOf = (rule: Node, name: string): unknown => findNodeAtLocation(rule, [name])?.value;
