import type { FilesystemEntry, FilesystemNode, NodeMetadata } from '@diskwright/sdk/protocol';
import { Attribute, ENTRY_BYTES, fileEntry } from '../structures/directoryEntries';
import { type EntrySet, isDirectory } from './entrySet';
import { type StoredTime, timeOf, timeText } from './times';

/** exFAT knows nothing of its root directory but where it begins. */
export const ROOT: FilesystemNode = { node: 'root', type: 'directory', size: 0, mtime: null };

const ATTRIBUTES = ['readOnly', 'hidden', 'system', 'archive'] as const;
// Taken once: a listing has hundreds of thousands of entries.
const at = {
  created: fileEntry.range('created').offset,
  modified: fileEntry.range('modified').offset,
  accessed: fileEntry.range('accessed').offset,
  createdHundredths: fileEntry.range('createdHundredths').offset,
  modifiedHundredths: fileEntry.range('modifiedHundredths').offset,
  createdZone: fileEntry.range('createdZone').offset,
  modifiedZone: fileEntry.range('modifiedZone').offset,
  accessedZone: fileEntry.range('accessedZone').offset,
};

/** The name of a node: where its first entry lies, and the second where that is elsewhere than behind it. */
export function nodeId({ offset, streamOffset }: EntrySet): string {
  return streamOffset === offset + ENTRY_BYTES ? String(offset) : `${offset}-${streamOffset}`;
}

/** A set as a node of the tree. The size of a directory is that of its entries, and not told. */
export function nodeOf(set: EntrySet, withMetadata = false): FilesystemNode {
  const modified = timeOf(storedTimes(set.file).modified);
  const isFolder = isDirectory(set);
  const node: FilesystemNode = {
    node: nodeId(set),
    type: isFolder ? 'directory' : 'file',
    size: isFolder || !Number.isFinite(set.size) ? 0 : set.size,
    mtime: modified ? modified.seconds * 1000 + modified.nanoseconds / 1e6 : null,
  };
  if (withMetadata) node.metadata = metadataOf(set);
  return node;
}

export function listed(set: EntrySet, path: string, withMetadata = false): FilesystemEntry {
  const { raw } = set.name;
  return { path, ...(raw && { rawName: raw.toString('base64') }), ...nodeOf(set, withMetadata) };
}

/** What a copy takes along. */
export function metadataOf({ file, attributes }: EntrySet): NodeMetadata {
  const { modified, accessed, created } = storedTimes(file);
  const [modifiedTime, accessedTime, createdTime] = [timeOf(modified), timeOf(accessed), timeOf(created)];
  return {
    ...(modifiedTime && { modified: modifiedTime }),
    ...(accessedTime && { accessed: accessedTime }),
    ...(createdTime && { created: createdTime }),
    attributes: ATTRIBUTES.filter((name) => (attributes & Attribute[name]) !== 0),
    hasStreams: false,
  };
}

/** What a person may want to know of a set beyond type and size, in order. */
export function nodeDetails(set: EntrySet): [name: string, value: string][] {
  const { modified, accessed, created } = storedTimes(set.file);
  const details: [string, string][] = [
    ['entry at', String(set.offset)],
    ['first cluster', set.firstCluster === 0 ? 'none' : String(set.firstCluster)],
    ['clusters', set.isContiguous ? 'follow each other, without the FAT' : 'linked by the FAT'],
    ['attributes', metadataOf(set).attributes?.join(', ') || 'none'],
  ];
  if (set.validSize !== set.size) details.push(['written', `${set.validSize} of ${set.size} bytes; the rest reads as zeros`]);
  for (const [name, stored] of [
    ['content changed', modified],
    ['created', created],
    ['read', accessed],
  ] as const) {
    const text = timeText(stored);
    if (text !== null) details.push([name, text]);
  }
  return details;
}

function storedTimes(file: Buffer): Record<'modified' | 'accessed' | 'created', StoredTime> {
  return {
    modified: {
      stamp: file.readUInt32LE(at.modified),
      hundredths: file[at.modifiedHundredths]!,
      zone: file[at.modifiedZone]!,
    },
    accessed: { stamp: file.readUInt32LE(at.accessed), zone: file[at.accessedZone]! },
    created: { stamp: file.readUInt32LE(at.created), hundredths: file[at.createdHundredths]!, zone: file[at.createdZone]! },
  };
}
