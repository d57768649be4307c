/** The filesystem provider: what the host asks of one, and what other plugins ask of it through the host (`volume/open`). */
import Type from 'typebox';
import {
  ByteRange,
  Bytes,
  Count,
  Digest,
  Empty,
  ExtentsRef,
  Finding,
  Handle,
  Id,
  InlineBytes,
  Lease,
  Name,
  NamedRange,
  oneOf,
  ProposedWrite,
  SectorSize,
  Text,
  VolumeRef,
} from './common';
import { EncodeFieldParams, EncodeFieldResult, StructuresPage, StructuresParams } from './lifecycle';

/**
 * What opening answers: how sure the provider is that it is its own (0: not at all; 100: certain), a handle for the further calls (null when the
 * score is 0), and what it is. The lease stays in use until the handle is closed.
 */
export const openResult = <T extends Type.TSchema>(type: T) =>
  Type.Object({
    score: Type.Integer({ minimum: 0, maximum: 100 }),
    handle: Type.Union([Id, Type.Null()]),
    type,
  });

export const FilesystemInfo = Type.Object({
  /** libblkid's name: `ext4`, `vfat`, `ntfs`, `swap`, … */
  type: Name,
  label: Type.Union([Text, Type.Null()]),
  uuid: Type.Union([Text, Type.Null()]),
  /** Bytes the filesystem spans; may be less than its volume. */
  size: Bytes,
  /** Bytes in use as the filesystem's own accounting says; null when it cannot be told. */
  used: Type.Union([Bytes, Type.Null()]),
  blockSize: Bytes,
  /** The first block that has a number, and where it begins, from the volume's start; without it, block 0 begins there. */
  firstBlock: Type.Optional(Type.Object({ number: Type.Integer({ minimum: 0 }), offset: Bytes })),
  /** Cleanly unmounted, no error flag, no log to replay. */
  clean: Type.Boolean(),
  /** It cannot be told whether it is clean, and `clean` is false. */
  stateUnknown: Type.Optional(Type.Boolean()),
  /** The sector size that the filesystem was made for, where it records one; copying to another is then refused. */
  sectorSize: Type.Union([SectorSize, Type.Null()]),
  /** Feature names as the filesystem's own tools print them. */
  features: Type.Array(Name, { maxItems: 256 }),
  /** More for the user to read, in order, such as `["last mounted on", "/home"]`. */
  details: Type.Array(Type.Tuple([Name, Text]), { maxItems: 256 }),
});

export const Confidence = Type.Union([Type.Literal('exact'), Type.Literal('conservative'), Type.Literal('unknown')]);
export const Allocation = Type.Object({
  confidence: Confidence,
  /** Extents from the volume's start; null exactly when `unknown`. */
  extents: Type.Union([ExtentsRef, Type.Null()]),
  /** Why the confidence is less than exact, a sentence each. */
  reasons: Type.Array(Text, { maxItems: 64 }),
});

/** Write markers plus a digest over superblock and allocation structures: another value means that the volume changed. */
export const Generation = Type.Object({
  /** The ranges that the digest covers, in order, from the volume's start. At most 4096, adjacent ones joined. */
  ranges: Type.Array(ByteRange, { maxItems: 4096 }),
  /** SHA-256 over the bytes of `ranges`. */
  digest: Digest,
});

export const NodeType = oneOf('file', 'directory', 'symlink', 'fifo', 'socket', 'blockDevice', 'characterDevice', 'other');
/** A time of a node, exactly as recorded, since 1970-01-01 UTC; before that, `seconds` is negative. */
export const NodeTime = Type.Object({
  seconds: Type.Integer(),
  nanoseconds: Type.Integer({ minimum: 0, maximum: 999_999_999 }),
});
/** What a copy of a node takes along, beyond its content and streams. What the filesystem does not record is absent. */
export const NodeMetadata = Type.Object({
  /** POSIX permissions with set-id and sticky bits. */
  mode: Type.Optional(Type.Integer({ minimum: 0, maximum: 0o7777 })),
  userId: Type.Optional(Count),
  groupId: Type.Optional(Count),
  /** How many names it has. */
  links: Type.Optional(Count),
  /** Its content was changed. */
  modified: Type.Optional(NodeTime),
  /** Its inode, or what stands for one, was changed. */
  changed: Type.Optional(NodeTime),
  accessed: Type.Optional(NodeTime),
  created: Type.Optional(NodeTime),
  /** Of a block or character device. */
  device: Type.Optional(Type.Object({ major: Count, minor: Count })),
  /** The target of a symbolic link, as `readlink` answers it. */
  target: Type.Optional(Text),
  /** DOS attributes and their like, in words, such as `hidden`. */
  attributes: Type.Optional(Type.Array(Name, { maxItems: 32 })),
  /** It has named streams or extended attributes, which `streams` lists. */
  hasStreams: Type.Optional(Type.Boolean()),
});
export const Node = Type.Object({
  /** The provider's own name of the node (inode number, directory entry position); the same in every opening of a volume that does not change. */
  node: Id,
  type: NodeType,
  size: Bytes,
  /** Milliseconds since 1970, UTC; null when not recorded. */
  mtime: Type.Union([Type.Number(), Type.Null()]),
  /** In listings only where it was asked for. */
  metadata: Type.Optional(NodeMetadata),
});
export const Entry = Type.Object({
  /** Relative to the directory asked about; components as the filesystem has them, decoded to Unicode. */
  path: Type.String({ maxLength: 65536 }),
  /** The raw name in base64 where it is no valid text. */
  rawName: Type.Optional(InlineBytes),
  /** Why what it leads to could not be read, as far as listing showed. A directory is then listed once more, where its entries would have been. */
  damage: Type.Optional(Text),
  ...Node.properties,
});
const MAX_TABLE = 8192;
/** Numbers of a table: binary64, little endian, in base64. */
const PackedNumbers = Type.String({ maxLength: Math.ceil((MAX_TABLE * 8) / 3) * 4 });
/** Entries in columns, each at the same index in all of them: a fraction of what as many objects cost. */
export const EntryTable = Type.Object({
  /** The directories that entries are in, relative to where the walk began, empty or with a slash at the end; `count` entries of each follow one another. */
  directories: Type.Array(
    Type.Object({ path: Type.String({ maxLength: 65536 }), count: Type.Integer({ minimum: 1, maximum: MAX_TABLE }) }),
    { maxItems: MAX_TABLE },
  ),
  /** Their names in those, with slashes between them. */
  names: Type.String(),
  /** A letter for each: file, directory, symbolic link (l), pipe (p), socket, block device, character device, other. */
  types: Type.String({ maxLength: MAX_TABLE, pattern: '^[fdlpsbco]*$' }),
  sizes: PackedNumbers,
  /** NaN where none is recorded. */
  mtimes: PackedNumbers,
  /** As text with slashes between them, where none holds one. */
  nodes: Type.Union([Type.String(), Type.Array(Id, { maxItems: MAX_TABLE })]),
  /** What few entries have. */
  more: Type.Array(
    Type.Object({
      index: Count,
      rawName: Type.Optional(InlineBytes),
      damage: Type.Optional(Text),
      metadata: Type.Optional(NodeMetadata),
    }),
    { maxItems: MAX_TABLE },
  ),
});
const NodeParams = Type.Object({ handle: Id, node: Id });
const WalkParams = Type.Object({
  handle: Id,
  node: Id,
  recursive: Type.Boolean(),
  /** A glob over the path; absent means all. */
  filter: Type.Optional(Text),
  /** Entries bear their `metadata`. */
  metadata: Type.Optional(Type.Boolean()),
  cursor: Type.Optional(Id),
});
const EntriesPage = Type.Object({ entries: Type.Array(Entry, { maxItems: 4096 }), cursor: Type.Union([Id, Type.Null()]) });

/** One run of a file's content: on the volume, zeros, inline bytes, or served by the provider over NBD (compressed, encrypted). */
export const ContentSegment = Type.Union([
  Type.Object({ kind: Type.Literal('extent'), offset: Bytes, length: Bytes }),
  Type.Object({ kind: Type.Literal('zeros'), length: Bytes }),
  Type.Object({ kind: Type.Literal('inline'), bytes: InlineBytes }),
  Type.Object({ kind: Type.Literal('served'), length: Bytes }),
]);

/** What `filesystem/contents` answers of a node. */
export const NodeContents = Type.Object({
  size: Bytes,
  /** Null when there are too many for one of many, or none was asked for: see `filesystem/contentOf`. */
  segments: Type.Union([Type.Array(ContentSegment, { maxItems: 256 }), Type.Null()]),
  streams: Type.Optional(
    Type.Array(Type.Object({ name: Text, size: Bytes, value: Type.Optional(InlineBytes) }), { maxItems: 4096 }),
  ),
  /** Of a symbolic link whose target is asked for. */
  target: Type.Optional(Text),
  /** Why something of it cannot be told. */
  problem: Type.Optional(Text),
});

/** A run of bytes and whose it is. The run may reach beyond what was asked about. */
export const Owner = Type.Object({
  offset: Bytes,
  length: Bytes,
  kind: Type.Union([Type.Literal('file'), Type.Literal('structure'), Type.Literal('free')]),
  /** A file's path from the root, such as `/home/notes`; a structure in words. */
  name: Text,
  /** The file, or the one that the structure belongs to (a directory, the map of a file's blocks). */
  node: Type.Optional(Id),
  /** Where in the file the run begins. */
  fileOffset: Type.Optional(Bytes),
  /** Further paths of a file with several hard links; the first ones where there are many. */
  otherNames: Type.Optional(Type.Array(Text, { maxItems: 16 })),
  /** The raw path in base64 where it is no valid text. */
  rawName: Type.Optional(InlineBytes),
});

/** A change of a filesystem: writes, or a tool with arguments in which `{volume}` stands for the overlay's file. */
export const Change = Type.Object({
  writes: Type.Optional(Type.Array(ProposedWrite, { maxItems: 4096 })),
  tool: Type.Optional(
    Type.Object({ name: Name, arguments: Type.Array(Text, { maxItems: 64 }), check: Type.Array(Text, { maxItems: 64 }) }),
  ),
});

const row = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'both', capability: 'device.read', since: '0.1' }) as const;
const provider = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'toPlugin', capability: null, since: '0.1' }) as const;

export const messages = {
  /** A caller opens a volume; the host picks the provider and answers a handle for the `filesystem/…` calls, or null when none knows it. */
  'volume/open': {
    params: VolumeRef,
    result: Type.Union([Type.Object({ handle: Id, provider: Id, type: Name }), Type.Null()]),
    direction: 'toHost',
    capability: 'device.read',
    since: '0.1',
  },
  /** `type` is libblkid's name, empty when the score is 0. */
  'filesystem/open': provider(Type.Object({ filesystem: Name, lease: Lease }), openResult(Type.String({ maxLength: 256 }))),
  'filesystem/close': row(Handle, Empty),
  'filesystem/info': row(Handle, FilesystemInfo),
  'filesystem/allocation': row(Handle, Allocation),
  /** The few ranges that make the volume recognisable and whole; written last. */
  'filesystem/commitExtents': row(Handle, Type.Object({ extents: Type.Array(ByteRange, { maxItems: 4096 }) })),
  'filesystem/generation': row(Handle, Generation),
  /** Where the marks lie by which libblkid or anyone else knows the filesystem. */
  'filesystem/signatures': row(Handle, Type.Object({ signatures: Type.Array(NamedRange, { maxItems: 256 }) })),
  /** What must change when the volume comes to lie elsewhere: hidden sectors, boot copies. Offsets from the volume's start. */
  'filesystem/relocate': row(
    Type.Object({ handle: Id, newStart: Bytes, newSize: Bytes, newSectorSize: SectorSize }),
    Type.Object({ writes: Type.Array(ProposedWrite, { maxItems: 1024 }), warnings: Type.Array(Text, { maxItems: 64 }) }),
  ),
  'filesystem/structures': row(StructuresParams, StructuresPage),
  'filesystem/encodeField': row(EncodeFieldParams, EncodeFieldResult),
  'filesystem/check': row(Handle, Type.Object({ findings: Type.Array(Finding, { maxItems: 4096 }) })),
  'filesystem/stat': row(
    NodeParams,
    Type.Object({ ...Node.properties, details: Type.Array(Type.Tuple([Name, Text]), { maxItems: 256 }) }),
  ),
  'filesystem/readdir': row(
    Type.Object({ handle: Id, node: Id, metadata: Type.Optional(Type.Boolean()), cursor: Type.Optional(Id) }),
    EntriesPage,
  ),
  'filesystem/walk': row(WalkParams, EntriesPage),
  /** As `filesystem/walk`, in columns. */
  'filesystem/walkTable': row(WalkParams, Type.Object({ table: EntryTable, cursor: Type.Union([Id, Type.Null()]) })),
  /** The node at a path such as `/boot/grub`; `/` is the root. */
  'filesystem/lookup': row(Type.Object({ handle: Id, path: Text }), Type.Union([Node, Type.Null()])),
  'filesystem/readlink': row(NodeParams, Type.Object({ target: Text })),
  'filesystem/contentOf': row(
    Type.Object({ handle: Id, node: Id, stream: Type.Optional(Text), cursor: Type.Optional(Id) }),
    Type.Object({ size: Bytes, segments: Type.Array(ContentSegment, { maxItems: 8192 }), cursor: Type.Union([Id, Type.Null()]) }),
  ),
  /**
   * The contents of many nodes at once, and of those that are asked for with `streams` their small streams: for copying trees of small files. Answers the
   * first ones that fit a message, at least one; what is served of a small file is inline then.
   */
  'filesystem/contents': row(
    Type.Object({
      handle: Id,
      nodes: Type.Array(Type.Object({ node: Id, content: Type.Boolean(), streams: Type.Boolean(), target: Type.Boolean() }), {
        minItems: 1,
        maxItems: 512,
      }),
    }),
    Type.Object({ contents: Type.Array(NodeContents, { maxItems: 512 }) }),
  ),
  /**
   * Serves the content of a file or of one of its streams, to the byte, on the socket that comes under `connection`, until that or the handle is closed.
   * Answers when the socket has come.
   */
  'filesystem/serve': {
    ...provider(Type.Object({ handle: Id, node: Id, stream: Type.Optional(Text), connection: Id }), Empty),
    since: '0.2',
  },
  'filesystem/streams': row(
    NodeParams,
    Type.Object({
      streams: Type.Array(Type.Object({ name: Text, size: Bytes, value: Type.Optional(InlineBytes) }), { maxItems: 4096 }),
    }),
  ),
  'filesystem/extentsOf': row(NodeParams, Type.Object({ extents: Type.Array(ByteRange, { maxItems: 8192 }), total: Count })),
  /** Where the record of a node lies (its inode, its directory entry), called as users call it: `inode 12`; null when it has none. */
  'filesystem/recordOf': { ...row(NodeParams, Type.Object({ record: Type.Union([NamedRange, Type.Null()]) })), since: '0.2' },
  'filesystem/ownersOf': row(
    Type.Object({
      handle: Id,
      range: ByteRange,
      /** Of `range`, only these are wanted: ascending and apart. Others may be answered; absent means all of it. */
      ranges: Type.Optional(Type.Array(ByteRange, { maxItems: 4096 })),
      cursor: Type.Optional(Id),
    }),
    Type.Object({ owners: Type.Array(Owner, { maxItems: 4096 }), cursor: Type.Union([Id, Type.Null()]) }),
  ),
  /** The least size in bytes to which `resize` could bring the filesystem. */
  'filesystem/minimumSize': row(Handle, Type.Object({ size: Bytes })),
  /** Bytes to write, or a run of a well-kept tool on an overlay; exactly one is set. */
  'filesystem/resize': row(Type.Object({ handle: Id, size: Bytes }), Change),
  'filesystem/relabel': row(Type.Object({ handle: Id, label: Text }), Change),
  'filesystem/renewIdentity': row(Handle, Change),
} as const;
