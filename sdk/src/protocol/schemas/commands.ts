/** Commands: contributed in the manifest with an input schema, resolved and run by the plugin. */
import Type from 'typebox';
import { ByteRange, Bytes, Count, Finding, Id, Name, Text } from './common';
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

/** What a command answers: a plan to be reviewed and applied, something to look at, or a plain JSON value. */
export const CommandResult = Type.Union([
  Type.Object({ kind: Type.Literal('plan'), plan: Plan }),
  Type.Object({ kind: Type.Literal('view'), view: ViewResult }),
  Type.Object({ kind: Type.Literal('value'), value: Type.Unknown() }),
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
   * `{deviceId, partition}`. The text the user gave stands in `named` under the same field.
   */
  input: CommandInput,
  named: Type.Record(Type.String(), Text),
  progressToken: Id,
});

export const messages = {
  'command/resolve': { params: CommandCall, result: ResolveResult, direction: 'toPlugin', capability: null, since: '0.1' },
  'command/execute': { params: CommandCall, result: CommandResult, direction: 'toPlugin', capability: null, since: '0.1' },
} as const;
