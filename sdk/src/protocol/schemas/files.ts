/** Contents of files, which the sector service reads and writes on a plugin's behalf: bulk data never passes through a plugin. */
import Type from 'typebox';
import { Bytes, Count, Empty, Id, InlineBytes, Lease, oneOf, Text } from './common';
import { NodeMetadata, NodeType } from './filesystem';

/** A content that the host knows, until the command that opened it has ended and what it answered is dealt with. */
export const ContentRef = Type.Object({ content: Id, size: Bytes });

/** How files are written below a folder. */
export const FolderOptions = Type.Object({
  /** What is done about a file whose name is taken: it is told of and stays, it stays, or it is replaced. Links there are never followed. */
  existing: oneOf('refuse', 'skip', 'overwrite'),
  /** Users and groups by their numbers, which takes a user who may. */
  owners: Type.Boolean(),
  /** Device nodes, which takes one, too. */
  deviceNodes: Type.Boolean(),
  /** What becomes of named streams: `attributes` are extended attributes with their own names, `streams` become such of a user (`user.NAME`). */
  streams: oneOf('attributes', 'streams'),
});

/** A file, folder, link or special file to be made below a folder; what is above it comes before it. */
export const FolderEntry = Type.Object({
  /** From the folder, components as they are to be shown; what is no name there is made one. */
  path: Text,
  /** The bytes of the last component, where they are to be kept and are no text. */
  rawName: Type.Optional(InlineBytes),
  type: NodeType,
  size: Bytes,
  metadata: Type.Optional(NodeMetadata),
  /** The node whose content it is. */
  node: Id,
});

/** What was not done of an entry, or not as it was asked for. */
export const FolderProblem = Type.Object({
  /** Of the entry among those that were given. */
  index: Count,
  /**
   * `renamed`: it is there under another name. `lost`: it is there without some of what it bears. `holes`: it is there with zeros in place of what cannot
   * be read. `exists`: something was there and stayed. `left`: it is not made here. `failed`: it is not there.
   */
  kind: oneOf('renamed', 'lost', 'holes', 'exists', 'left', 'failed'),
  message: Text,
  /** What it is called there, when `renamed`. */
  path: Type.Optional(Text),
});
export const FolderReport = Type.Object({
  problems: Type.Array(FolderProblem, { maxItems: 4096 }),
  /** That are there now, of those that were given. */
  entries: Count,
  /** That were written of their contents. */
  bytes: Bytes,
});

const CAPABILITY = 'files.write:picked';
const Extraction = Type.Object({ extraction: Id });

export const messages = {
  /** The content of a node of an open volume, or of one of its streams. `name` is how the user is told of it. */
  'content/open': {
    params: Type.Object({ handle: Id, node: Id, stream: Type.Optional(Text), name: Text }),
    result: ContentRef,
    direction: 'toHost',
    capability: 'device.read',
    since: '0.1',
  },
  /** The right to read a content that this plugin opened, to the byte, also what is compressed; given back with `lease/release`. */
  'content/lease': {
    params: Type.Object({ content: Id }),
    result: Lease,
    direction: 'toHost',
    capability: 'device.read',
    since: '0.2',
  },
  /** A content that was opened is of no more use; leases of it go on. Unknown ones are forgotten already. */
  'content/close': {
    params: Type.Object({ content: Id }),
    result: Empty,
    direction: 'toHost',
    capability: 'device.read',
    since: '0.2',
  },
  /** Begins to write below a folder that the user picked, named by the id in the command's input. It is made where it is not there. */
  'folder/open': {
    params: Type.Object({ folder: Id, options: FolderOptions }),
    result: Extraction,
    direction: 'toHost',
    capability: CAPABILITY,
    since: '0.1',
  },
  /** Writes entries whose contents are those of nodes of an open volume. One call at a time. */
  'folder/write': {
    params: Type.Object({
      extraction: Id,
      handle: Id,
      entries: Type.Array(FolderEntry, { minItems: 1, maxItems: 512 }),
    }),
    result: FolderReport,
    direction: 'toHost',
    capability: CAPABILITY,
    since: '0.1',
  },
  /** Gives the folders that were written their modes and times: all that is in them is there. Problems name no entry, `index` is 0. */
  'folder/finish': { params: Extraction, result: FolderReport, direction: 'toHost', capability: CAPABILITY, since: '0.1' },
  /** Ends it where it is: what is being written is removed. Unknown ones are closed already. */
  'folder/close': { params: Extraction, result: Empty, direction: 'toHost', capability: CAPABILITY, since: '0.1' },
} as const;
