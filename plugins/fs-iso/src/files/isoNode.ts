import type { FilesystemNode, NodeMetadata, NodeType } from '@diskwright/sdk/protocol';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { pathText } from '@diskwright/sdk/files';
import type { RockRidge } from './rockRidge';
import type { IsoTime } from './times';

/** A file or directory, put together from its directory records. */
export interface IsoNode {
  /** Of its first directory record, in bytes; a directory's is its own `.`. */
  offset: number;
  isDirectory: boolean;
  /** Where the content lies; several where a file has several records. */
  content: ByteRange[];
  recorded: IsoTime | null;
  isHidden: boolean;
  isInterleaved: boolean;
  rockRidge: RockRidge | null;
}

const nodeTypes: Record<number, NodeType> = {
  0x1: 'fifo',
  0x2: 'characterDevice',
  0x4: 'directory',
  0x6: 'blockDevice',
  0x8: 'file',
  0xa: 'symlink',
  0xc: 'socket',
};

/** The type by Rock Ridge, where it says one that the record does not speak against. */
export function typeOf({ isDirectory, rockRidge }: IsoNode): NodeType {
  if (isDirectory) return 'directory';
  const type = nodeTypes[(rockRidge?.mode ?? 0) >>> 12] ?? (rockRidge?.target ? 'symlink' : 'file');
  return type === 'directory' ? 'file' : type;
}

/** Bytes of the content as programs see it. */
export function sizeOf(node: IsoNode): number {
  const { rockRidge, content } = node;
  if (typeOf(node) === 'symlink') return rockRidge?.target?.length ?? 0;
  return rockRidge?.coded?.size ?? content.reduce((sum, { length }) => sum + length, 0);
}

/** A node of the tree. */
export function nodeOf(node: IsoNode, withMetadata: boolean): FilesystemNode {
  const modified = node.rockRidge?.times.modified ?? node.recorded;
  return {
    node: String(node.offset),
    type: typeOf(node),
    size: sizeOf(node),
    mtime: modified ? modified.seconds * 1000 + Math.floor(modified.nanoseconds / 1_000_000) : null,
    ...(withMetadata && { metadata: metadataOf(node, modified) }),
  };
}

function metadataOf(node: IsoNode, modified: IsoTime | null): NodeMetadata {
  const { rockRidge } = node;
  const { created, accessed, changed } = rockRidge?.times ?? {};
  const type = typeOf(node);
  return {
    ...(rockRidge?.mode !== undefined && { mode: rockRidge.mode & 0o7777 }),
    ...(rockRidge?.userId !== undefined && { userId: rockRidge.userId }),
    ...(rockRidge?.groupId !== undefined && { groupId: rockRidge.groupId }),
    ...(rockRidge?.links !== undefined && { links: rockRidge.links }),
    ...(modified && { modified }),
    ...(changed && { changed }),
    ...(accessed && { accessed }),
    ...(created && { created }),
    ...((type === 'blockDevice' || type === 'characterDevice') && rockRidge?.device && { device: rockRidge.device }),
    ...(rockRidge?.target && { target: pathText(rockRidge.target) }),
    ...(node.isHidden && { attributes: ['hidden'] }),
    hasStreams: false,
  };
}
