import type { FilesystemEntry, FilesystemNode } from '@diskwright/sdk/protocol';
import { printable } from '../../../common/text/printable';

/** An entry of a directory, as its filesystem tells it; `path` is its name. */
export type FileEntry = FilesystemEntry;
export type NodeType = FilesystemNode['type'];
export type NodeMetadata = NonNullable<FilesystemNode['metadata']>;

const TYPES: Readonly<Record<NodeType, { words: string; icon: string }>> = {
  file: { words: 'File', icon: 'file' },
  directory: { words: 'Directory', icon: 'folder' },
  symlink: { words: 'Symbolic link', icon: 'file-symlink-file' },
  fifo: { words: 'Named pipe', icon: 'arrow-swap' },
  socket: { words: 'Socket', icon: 'plug' },
  blockDevice: { words: 'Block device', icon: 'server' },
  characterDevice: { words: 'Character device', icon: 'terminal' },
  other: { words: 'Damaged', icon: 'warning' },
};

/** What leads to no readable node is listed as `other`. */
export const isDamaged = ({ type }: Pick<FilesystemNode, 'type'>): boolean => type === 'other';
export const typeWords = (type: NodeType): string => TYPES[type].words;
export const typeIcon = (type: NodeType): string => TYPES[type].icon;
/** A name as it can be shown: what would turn or hide text is visible. */
export const shownName = ({ path }: Pick<FileEntry, 'path'>): string => printable(path);

/** `rwxr-xr-x`, with set-id and sticky bits as `ls` writes them. @param mode of at most 12 bits */
export function modeText(mode: number): string {
  const triple = (shift: number, special: boolean, letter: string): string => {
    const bits = mode >> shift;
    const runs = (bits & 1) !== 0;
    const last = special ? (runs ? letter : letter.toUpperCase()) : runs ? 'x' : '-';
    return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + last;
  };
  return triple(6, (mode & 0o4000) !== 0, 's') + triple(3, (mode & 0o2000) !== 0, 's') + triple(0, (mode & 0o1000) !== 0, 't');
}

/** `0:0`, by numbers: the names stand in files that may not be this volume's. Empty when neither is recorded. */
export function ownerText({ userId, groupId }: NodeMetadata): string {
  return userId === undefined && groupId === undefined ? '' : `${userId ?? '?'}:${groupId ?? '?'}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-22 18:30:05`, in the time of this computer; empty when not recorded. @param milliseconds since 1970, UTC */
export function mtimeText(milliseconds: number | null): string {
  if (milliseconds === null) return '';
  const time = new Date(milliseconds);
  if (Number.isNaN(time.getTime())) return 'out of range';
  const date = [String(time.getFullYear()).padStart(4, '0'), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')}`;
}

/** Exactly as recorded: `2026-11-22 18:30:05.123456789 UTC`. */
export function exactTimeText({ seconds, nanoseconds }: { seconds: number; nanoseconds: number }): string {
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) return `${seconds} s since 1970`;
  return `${time.toISOString().slice(0, -5).replace('T', ' ')}.${String(nanoseconds).padStart(9, '0')} UTC`;
}
