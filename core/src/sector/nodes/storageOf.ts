import type { Description } from '@diskwright/native';
import type { StorageReference } from '../contracts';

/** What an open descriptor lies on. */
export function storageOf({
  kind,
  deviceNumber: { major, minor },
  inode,
  size,
}: Description): Extract<StorageReference, { kind: 'file' | 'block' }> {
  return kind === 'block' ? { kind, major, minor, size } : { kind, major, minor, inode, size };
}
