/** Commands: contributed in the manifest with an input schema, resolved and run by the plugin. */
import Type from 'typebox';
import { ByteRange, Bytes, Count, Empty, Finding, Handle, Id, Name, oneOf, Text } from './common';
import { ContentRef } from './files';
import { Plan } from './plan';

export const CommandInput = Type.Record(Type.String(), Type.Unknown());

/** What an item of a view stands for on the device; a workbench leads there. Offsets from the start of the device. */
const ranges = Type.Array(ByteRange, { maxItems: 64 });

/** An item of a tree, its parts under it. */
export const TreeNode = Type.Cyclic(
  {
    Node: Type.Object({
      label: Text,
      description: Type.Optional(Text),
      ranges: Type.Optional(ranges),
      children: Type.Optional(Type.Array(Type.Ref('Node'), { maxItems: 4096 })),
    }),
  },
  'Node',
);

export const ViewResult = Type.Union([
  Type.Object({
    view: Type.Literal('table'),
    title: Text,
    columns: Type.Array(Name, { maxItems: 64 }),
    rows: Type.Array(Type.Array(Text, { maxItems: 64 }), { maxItems: 4096 }),
    /** For each row. */
    ranges: Type.Optional(Type.Array(ranges, { maxItems: 4096 })),
  }),
  Type.Object({ view: Type.Literal('text'), title: Text, text: Type.String({ maxLength: 262144 }) }),
  Type.Object({ view: Type.Literal('findings'), title: Text, findings: Type.Array(Finding, { maxItems: 4096 }) }),
  Type.Object({ view: Type.Literal('tree'), title: Text, nodes: Type.Array(TreeNode, { maxItems: 4096 }) }),
  /** Many equal units, each of one category: runs of units of the same one, in order. */
  Type.Object({
    view: Type.Literal('map'),
    title: Text,
    /** What a unit is, in words: `cluster of 4096 bytes`. */
    unit: Text,
    legend: Type.Array(Type.Object({ id: Name, label: Text }), { minItems: 1, maxItems: 32 }),
    /** `category` is an id of the legend. */
    runs: Type.Array(Type.Object({ category: Name, count: Count }), { maxItems: 16384 }),
    /** Where the first unit lies on the device, and how many bytes each has (the last may have less); absent when units are no ranges of it. */
    place: Type.Optional(Type.Object({ offset: Bytes, unitBytes: Bytes })),
  }),
]);

/** What people are shown of each item of a list; programs get the items whole. */
export const ListColumn = Type.Object({
  /** The item's field. One that is absent or null is shown as nothing. */
  field: Name,
  title: Text,
  /** `bytes` and `count` are numbers; `time` is milliseconds since 1970, UTC. */
  kind: oneOf('text', 'bytes', 'count', 'time'),
  /** How many characters most values need, so that lines that are printed as they come stand in columns. */
  width: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
/** A list of any length, whose items come while they are asked for (`command/page`), until it has ended or is closed (`command/closeList`). */
export const OpenList = Type.Object({
  title: Text,
  columns: Type.Array(ListColumn, { minItems: 1, maxItems: 64 }),
  /**
   * A field that is no part of the item for programs: the bytes, in base64 and without a line's end, that the command line prints for it in the place of
   * columns. For formats that other tools read, where names have bytes that are no text.
   */
  line: Type.Optional(Name),
  /**
   * The items are the entries of this walk, `{path, type, size, mtime, node, rawName?, error?}`, which the host has the provider make; the command is asked for
   * none. `prefix` stands before their paths, without a slash at its end.
   */
  walk: Type.Optional(Type.Object({ volume: Id, node: Id, recursive: Type.Boolean(), prefix: Text })),
  handle: Id,
});
/** How a list ended, and the exit status of a command line that printed it: 4 when something is missing in it. */
export const ListEnd = Type.Object({
  message: Type.Union([Text, Type.Null()]),
  exitStatus: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(4)]),
});
export const ListPage = Type.Object({
  /** Of at most 256 KiB together. There may be none as yet. An item's field `error` says, in words, why it is not whole. */
  items: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 4096 }),
  /** Null while more may come. */
  end: Type.Union([ListEnd, Type.Null()]),
});

/** Bytes of a file, which the command line writes to its standard output as they are. */
export const ContentResult = Type.Object({ title: Text, ...ContentRef.properties, ...ByteRange.properties });

/** What a command answers: a plan to be reviewed and applied, something to look at, a plain JSON value, a list that is pulled, or the bytes of a file. */
export const CommandResult = Type.Union([
  Type.Object({ kind: Type.Literal('plan'), plan: Plan }),
  Type.Object({ kind: Type.Literal('view'), view: ViewResult }),
  Type.Object({
    kind: Type.Literal('value'),
    value: Type.Unknown(),
    /** What people are shown in its place, in order. */
    pairs: Type.Optional(Type.Array(Type.Tuple([Name, Text]), { maxItems: 4096 })),
  }),
  Type.Object({ kind: Type.Literal('list'), list: OpenList }),
  Type.Object({ kind: Type.Literal('content'), content: ContentResult }),
]);

export const ResolveResult = Type.Object({
  /** Input field (dotted path; empty for the input as a whole), what is wrong with it, and what to do about it. */
  errors: Type.Array(Type.Object({ field: Text, message: Text, todo: Type.Optional(Text) }), { maxItems: 256 }),
  defaults: CommandInput,
  /** The values a field may take, given the others. */
  choices: Type.Record(Type.String(), Type.Array(Type.Object({ value: Type.Unknown(), label: Text }), { maxItems: 4096 })),
  warnings: Type.Array(Text, { maxItems: 256 }),
  /** What would be done, in a few lines. */
  preview: Type.Union([Text, Type.Null()]),
});

const CommandCall = Type.Object({
  command: Name,
  /**
   * As the command's input schema says; strings of format `device` have become device ids and those of format `volume`
   * `{deviceId, partition}`, those of format `volumePath` `{deviceId, partition, path}`. The text the user gave stands in `named` under the same field.
   */
  input: CommandInput,
  named: Type.Record(Type.String(), Text),
  /** Of this call alone; the handle of a list that it answers. */
  progressToken: Id,
});

export const messages = {
  'command/resolve': { params: CommandCall, result: ResolveResult, direction: 'toPlugin', capability: null, since: '0.1' },
  'command/execute': { params: CommandCall, result: CommandResult, direction: 'toPlugin', capability: null, since: '0.1' },
  /** The next items of a list; one call at a time. Cancelling it ends the list, and so does the page with its end. */
  'command/page': { params: Handle, result: ListPage, direction: 'toPlugin', capability: null, since: '0.1' },
  /** Ends a list and what its command has open. Unknown ones are closed already. */
  'command/closeList': { params: Handle, result: Empty, direction: 'toPlugin', capability: null, since: '0.1' },
} as const;
