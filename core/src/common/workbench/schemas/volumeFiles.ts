/** The files of a volume. Nodes are named by the volume's provider; a name is good as long as the volume does not change. */
import Type from 'typebox';
import {
  ByteRange,
  Bytes,
  Count,
  Id,
  InlineBytes,
  Name,
  NamedRange,
  Text,
  VolumeRef,
} from '@diskwright/sdk/protocol/schemas/common';
import { Entry, Node } from '@diskwright/sdk/protocol/schemas/filesystem';
import { nullable, request } from './shared';

const node = { ...VolumeRef.properties, node: Id };

/** A run of a file's content, with offsets from the start of the device. */
export const PlacedSegment = Type.Union([
  Type.Object({ kind: Type.Literal('extent'), offset: Bytes, length: Bytes }),
  Type.Object({ kind: Type.Literal('zeros'), length: Bytes }),
  Type.Object({ kind: Type.Literal('inline'), bytes: InlineBytes }),
  /** Compressed or encrypted: there are no such bytes on the device. */
  Type.Object({ kind: Type.Literal('served'), length: Bytes }),
]);

/** A named stream or extended attribute. */
export const StreamEntry = Type.Object({
  name: Text,
  size: Bytes,
  /** Of a small one, its first 4 KiB. */
  value: Type.Optional(InlineBytes),
});

export const messages = {
  /** The node at a path, links not followed; `/` is the root. Null where there is none. */
  'volumeFiles/lookup': request(
    Type.Object({ ...VolumeRef.properties, path: Text }),
    Type.Object({
      /** libblkid's name of the filesystem. */
      type: Name,
      /** Id of the plugin that reads it. */
      provider: Name,
      node: nullable(Node),
    }),
  ),
  /** The entries of a directory with their metadata, in the order of the filesystem; paths are names. A page at a time. */
  'volumeFiles/list': request(
    Type.Object({ ...node, from: Count }),
    Type.Object({
      entries: Type.Array(Entry, { maxItems: 4096 }),
      /** Where to go on; null at the end. */
      next: nullable(Count),
    }),
  ),
  'volumeFiles/stat': request(
    Type.Object(node),
    Type.Object({ ...Node.properties, details: Type.Array(Type.Tuple([Name, Text]), { maxItems: 256 }) }),
  ),
  /** Named streams and extended attributes; empty where the filesystem has none. */
  'volumeFiles/streams': request(
    Type.Object(node),
    Type.Object({
      streams: Type.Array(StreamEntry, { maxItems: 1024 }),
      /** Of all of them. */
      total: Count,
    }),
  ),
  /** Where a file lies, in its order, from the start of the device: the first extents, and of how many. */
  'volumeFiles/extents': request(
    Type.Object(node),
    Type.Object({ extents: Type.Array(ByteRange, { maxItems: 8192 }), total: Count }),
  ),
  /** Where the record of a node lies (its inode, its directory entry), from the start of the device, and how it is called; null when it has none. */
  'volumeFiles/record': request(
    Type.Object(node),
    Type.Object({
      /** libblkid's name of the filesystem. */
      type: Name,
      record: nullable(NamedRange),
    }),
  ),
  /** What a range of a file's content is made of, at most 1 MiB; the first and last run are cut to the range. Behind the end there is nothing. */
  'volumeFiles/content': request(
    Type.Object({
      ...node,
      stream: Type.Optional(Text),
      offset: Bytes,
      length: Type.Integer({ minimum: 0, maximum: 1048576 }),
    }),
    Type.Object({ segments: Type.Array(PlacedSegment, { maxItems: 8192 }) }),
  ),
} as const;
