import type { FilesystemNode, NodeMetadata, NodeType } from '@diskwright/sdk/protocol';
import { attributeWords, FileAttribute } from './fileAttributes';
import type { FileSummary } from './fileSummary';
import { fileTime, TimeOffset } from './fileTime';
import { interixDevice, interixTarget, interixType } from './interix';
import { reparseTarget, reparseType } from './reparsePoint';

/** What a file is; reparse points and the system files of Interix are what they stand for. */
export function typeOf(file: FileSummary): NodeType {
  if (file.reparseTag !== 0 && (file.fileAttributes & FileAttribute.REPARSE_POINT) !== 0) {
    const type = reparseType(file.reparseTag);
    if (type) return type;
  }
  if (file.isDirectory) return 'directory';
  return (isInterix(file) ? interixType(file.interix!) : null) ?? 'file';
}

const isInterix = ({ fileAttributes, interix }: FileSummary): boolean =>
  interix !== null && (fileAttributes & FileAttribute.SYSTEM) !== 0;

/** The target of a link; null when it makes no sense. */
export function targetIn(file: FileSummary): string | null {
  if (file.reparse) return reparseTarget(file.reparse);
  return isInterix(file) && interixType(file.interix!) === 'symlink' ? interixTarget(file.interix!) : null;
}

/** A file as a node of the tree. Nodes are named by the numbers of their records. */
export function nodeOf(file: FileSummary, withMetadata = false): FilesystemNode {
  const node = {
    node: String(file.number),
    type: typeOf(file),
    size: file.size,
    mtime: file.modified,
  };
  return withMetadata ? { ...node, metadata: metadataOf(file, node.type) } : node;
}

function metadataOf(file: FileSummary, type: NodeType): NodeMetadata {
  const attributes = attributeWords(file.fileAttributes);
  const metadata: NodeMetadata = { links: file.names.length, hasStreams: file.hasStreams || file.hasExtendedAttributes };
  if (attributes.length > 0) metadata.attributes = attributes;
  if (file.times)
    for (const [name, offset] of Object.entries(TimeOffset)) {
      const time = fileTime(file.times, offset);
      if (time) metadata[name as keyof typeof TimeOffset] = time;
    }
  const target = type === 'symlink' ? targetIn(file) : null;
  if (target !== null) metadata.target = target;
  if ((type === 'blockDevice' || type === 'characterDevice') && isInterix(file))
    Object.assign(metadata, interixDevice(file.interix!));
  return metadata;
}
