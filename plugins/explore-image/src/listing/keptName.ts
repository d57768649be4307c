import { nameOf } from '@diskwright/sdk/files';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';

/**
 * The bytes of an entry's name, where a file on Linux is to have them though they are no text. Undefined where its text is what it is called: also for names that
 * are kept as something else than bytes for Linux (UTF-16, encrypted), which their filesystems show in other ways.
 */
export function keptName({ path, rawName }: Pick<FilesystemEntry, 'path' | 'rawName'>): Buffer | undefined {
  if (rawName === undefined) return undefined;
  const bytes = Buffer.from(rawName, 'base64');
  return nameOf(bytes).text === path.slice(path.lastIndexOf('/') + 1) ? bytes : undefined;
}
