import type { Description } from '@diskwright/native';
import type { StorageReference } from '../contracts';
import { diskSequence } from '../platform/deviceFactsLinux';

/** What an open descriptor lies on. */
export function storageOf({
  kind,
  deviceNumber: { major, minor },
  inode,
  size,
}: Description): Extract<StorageReference, { kind: 'file' | 'block' }> {
  if (kind === 'file') return { kind, major, minor, inode, size };
  const sequence = diskSequence({ major, minor });
  return { kind, major, minor, size, ...(sequence !== null && { sequence }) };
}
