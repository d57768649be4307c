import type { FilesystemEntry } from '../protocol/types';

/** Names of fields, numbers and a node's name. */
const FIXED_CHARACTERS = 120;
/** What JSON may write for one character that is not plain ASCII: `\u001f`. */
const ESCAPED_CHARACTERS = 6;
const PLAIN = /^[ !#-[\]-~]*$/;

/** At least the characters that JSON takes for an entry, told without making it: that would cost more than all else about a long listing. */
export function entryWeight({ path, node, rawName, damage, metadata }: FilesystemEntry): number {
  const text = PLAIN.test(path) ? path.length : path.length * ESCAPED_CHARACTERS;
  const rare =
    rawName === undefined && damage === undefined && metadata === undefined
      ? 0
      : JSON.stringify([rawName, damage, metadata]).length;
  return FIXED_CHARACTERS + text + node.length + rare;
}

/** As {@link entryWeight}, in columns. */
export function entryWeightInTable(entry: FilesystemEntry): number {
  return entryWeight(entry) - FIELD_NAMES;
}

const FIELD_NAMES = 72;
