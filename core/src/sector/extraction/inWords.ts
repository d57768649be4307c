import type { FolderOutcome } from '@diskwright/native';

const REASONS: Record<string, string> = {
  EACCES: 'there is no right to',
  EPERM: 'that is not allowed, or this filesystem has none',
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EROFS: 'it is read-only there',
  ELOOP: 'a symbolic link stands on the way, which is not followed',
  ENOTDIR: 'something that is no folder stands on the way',
  EXDEV: 'it would leave the folder',
  EISDIR: 'a folder has its name',
  ENAMETOOLONG: 'its name or path is too long',
  EFBIG: 'it is larger than files may be there',
  EOPNOTSUPP: 'this filesystem has none',
};

/** Why something could not be made: `make a file: no space is left`. */
export function reasonInWords({ error = '', operation = '' }: FolderOutcome): string {
  return `cannot ${operation}: ${REASONS[error] ?? error}`;
}

/** What of an entry's metadata is not kept. */
export function lostInWords(lost: readonly string[]): string {
  return `not kept: ${lost.map((what) => (what.startsWith('=') ? `the attribute ${what.slice(1)}` : WORDS[what])).join(', ')}`;
}

const WORDS: Record<string, string> = {
  owner: 'its owner',
  mode: 'all of its mode (what runs with the rights of its owner needs that owner)',
  times: 'its times',
};
