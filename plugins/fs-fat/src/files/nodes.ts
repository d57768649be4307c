import type { FilesystemEntry, FilesystemNode, NodeMetadata } from '@diskwright/sdk/protocol';
import { Attribute, directoryEntry } from '../structures/directoryEntry';
import { isDirectory, type RawEntry } from './directoryEntries';
import { secondsOf, timeOf } from './times';

/** FAT names no root directory; a volume without a label knows nothing of it. */
export const ROOT: FilesystemNode = { node: 'root', type: 'directory', size: 0, mtime: null };

/** In the order in which DOS shows them. */
const ATTRIBUTES = ['readOnly', 'hidden', 'system', 'archive'] as const;

// Taken once: a listing has hundreds of thousands of entries.
const at = {
  accessDate: directoryEntry.range('accessDate').offset,
  creationDate: directoryEntry.range('creationDate').offset,
  creationTime: directoryEntry.range('creationTime').offset,
  creationTenths: directoryEntry.range('creationTenths').offset,
};

/** An entry as a node of the tree, named by its place on the volume. Directories keep no size. */
export function nodeOf(entry: RawEntry, withMetadata = false): FilesystemNode {
  const seconds = secondsOf(entry.writeDate, entry.writeTime);
  const isFolder = isDirectory(entry);
  const node: FilesystemNode = {
    node: String(entry.offset),
    type: isFolder ? 'directory' : 'file',
    size: isFolder ? 0 : entry.size,
    mtime: seconds === null ? null : seconds * 1000,
  };
  if (withMetadata) node.metadata = metadataOf(entry);
  return node;
}

export function listed(entry: RawEntry, path: string, withMetadata = false): FilesystemEntry {
  const { raw } = entry.name;
  return { path, ...(raw && { rawName: raw.toString('base64') }), ...nodeOf(entry, withMetadata) };
}

/** What a copy takes along. Times as `secondsOf` takes them; the last access is a date only. */
export function metadataOf({ bytes, attributes, writeDate, writeTime }: RawEntry): NodeMetadata {
  const modified = timeOf(writeDate, writeTime);
  const accessed = timeOf(bytes.readUInt16LE(at.accessDate), 0);
  const created = timeOf(bytes.readUInt16LE(at.creationDate), bytes.readUInt16LE(at.creationTime), bytes[at.creationTenths]);
  return {
    ...(modified && { modified }),
    ...(accessed && { accessed }),
    ...(created && { created }),
    attributes: ATTRIBUTES.filter((name) => (attributes & Attribute[name]) !== 0),
    hasStreams: false,
  };
}
