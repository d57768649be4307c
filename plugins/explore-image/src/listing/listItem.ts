import type { FilesystemEntry, FilesystemNode, ListColumn, NodeMetadata } from '@diskwright/sdk/protocol';

/** A line of `ls` and `find`, for programs; `path` is from the root. */
export type ListItem = Record<string, unknown>;

export const SHORT_COLUMNS: ListColumn[] = [
  { field: 'type', title: 'Type', kind: 'text', width: 9 },
  { field: 'size', title: 'Size', kind: 'bytes' },
  { field: 'mtime', title: 'Modified', kind: 'time' },
  { field: 'path', title: 'Path', kind: 'text' },
];

export const LONG_COLUMNS: ListColumn[] = [
  { field: 'permissions', title: 'Mode', kind: 'text', width: 10 },
  { field: 'links', title: 'Links', kind: 'count', width: 4 },
  { field: 'userId', title: 'User', kind: 'count', width: 5 },
  { field: 'groupId', title: 'Group', kind: 'count', width: 5 },
  { field: 'size', title: 'Size', kind: 'bytes' },
  { field: 'mtime', title: 'Modified', kind: 'time' },
  { field: 'path', title: 'Path', kind: 'text' },
  { field: 'target', title: 'Target', kind: 'text' },
];

/** @param prefix of its path, from the root, without a slash at the end */
export function listItem(entry: FilesystemEntry, prefix: string): ListItem {
  const { path, type, size, mtime, node, rawName, metadata, damage } = entry;
  const item: ListItem = { path: `${prefix}/${path}`, type, size, mtime, node };
  if (rawName !== undefined) item['rawName'] = rawName;
  if (metadata) Object.assign(item, detailsOf(type, metadata));
  if (damage !== undefined) item['error'] = damage;
  return item;
}

/** What `-l` adds. */
export function detailsOf(type: FilesystemNode['type'], metadata: NodeMetadata): ListItem {
  const { mode } = metadata;
  return { ...(mode !== undefined && { permissions: permissionsOf(type, mode) }), ...metadata };
}

const TYPE_LETTERS: Record<FilesystemNode['type'], string> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  blockDevice: 'b',
  characterDevice: 'c',
  other: '?',
};
/** The bit, which of the three places it changes, and how: instead of an x and of none. */
const SPECIAL = [
  { bit: 0o4000, place: 2, executable: 's', other: 'S' },
  { bit: 0o2000, place: 5, executable: 's', other: 'S' },
  { bit: 0o1000, place: 8, executable: 't', other: 'T' },
];

/** `drwxr-xr-x`, as `ls -l` writes it. */
export function permissionsOf(type: FilesystemNode['type'], mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => (mode & (0o400 >> index) ? letter : '-'));
  for (const { bit, place, executable, other } of SPECIAL)
    if (mode & bit) letters[place] = letters[place] === 'x' ? executable : other;
  return TYPE_LETTERS[type] + letters.join('');
}
