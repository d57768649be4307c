/** The partition table provider. A caller reaches it through `device/table`, which answers a handle for the `partitionTable/…` calls. */
import Type from 'typebox';
import { Bytes, Empty, Handle, Id, Lease, Name, NamedRange, oneOf, ProposedWrite, SectorSize, Text } from './common';
import { PartitionTableKind, TableLayout } from './devices';
import { openResult } from './filesystem';
import { EncodeFieldParams, EncodeFieldResult, StructuresPage, StructuresParams } from './lifecycle';

const PartitionNumber = Type.Integer({ minimum: 1 });

/** One partition as it shall be; `number` names it in the table that was read. */
export const PartitionChange = Type.Object({
  number: PartitionNumber,
  start: Type.Optional(Bytes),
  size: Type.Optional(Bytes),
});

export const RebuildParams = Type.Object({
  handle: Id,
  /** The device that the table is written for. */
  target: Type.Object({ size: Bytes, sectorSize: SectorSize }),
  /** What differs from the table read; partitions not named stay as they are. */
  changes: Type.Array(PartitionChange, { maxItems: 4096 }),
  /** `new` gives new disk and partition GUIDs, or a new MBR signature. */
  identity: Type.Union([Type.Literal('keep'), Type.Literal('new')]),
});
/**
 * The table's bytes for the target, in commit order (backup first, boot record last), and the layout they make. Every structure
 * of the table is in `writes`. Refused when a partition would overlap the backup or another.
 */
export const RebuildResult = Type.Object({
  writes: Type.Array(ProposedWrite, { maxItems: 1024 }),
  layout: TableLayout,
  warnings: Type.Array(Text, { maxItems: 64 }),
});

/**
 * One change of a table. `number` names a partition of the table as it was read, whatever the other operations do. Types are written as a layout
 * shows them: a GUID, or `0x83`. Sizes and starts are bytes, whole sectors.
 */
export const PartitionOperation = Type.Union([
  /** Gets the lowest free number; inside of an extended partition it becomes a logical one, behind the last of its chain. */
  Type.Object({
    kind: Type.Literal('create'),
    start: Bytes,
    size: Bytes,
    type: Name,
    name: Type.Optional(Text),
    bootable: Type.Optional(Type.Boolean()),
  }),
  Type.Object({ kind: Type.Literal('delete'), number: PartitionNumber }),
  /** The start stays. */
  Type.Object({ kind: Type.Literal('resize'), number: PartitionNumber, size: Bytes }),
  /** The size stays; what lies in it is for the caller to move. */
  Type.Object({ kind: Type.Literal('move'), number: PartitionNumber, start: Bytes }),
  Type.Object({
    kind: Type.Literal('set'),
    number: PartitionNumber,
    type: Type.Optional(Name),
    name: Type.Optional(Text),
    bootable: Type.Optional(Type.Boolean()),
  }),
]);
const operations = Type.Array(PartitionOperation, { maxItems: 1024 });
/** Kinds of tables that can be made anew. */
export const NewTableKind = oneOf('gpt', 'mbr');

const row = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'both', capability: 'device.read', since: '0.1' }) as const;

export const messages = {
  /** A handle for the table of a device; null when no provider knows it. */
  'device/table': {
    params: Type.Object({ deviceId: Id }),
    result: Type.Union([Type.Object({ handle: Id, provider: Id, type: PartitionTableKind }), Type.Null()]),
    direction: 'toHost',
    capability: 'device.read',
    since: '0.1',
  },
  /** `table` is the contribution's id; `type` is `none` when the score is 0. */
  'partitionTable/open': {
    params: Type.Object({ table: Name, lease: Lease }),
    result: openResult(PartitionTableKind),
    direction: 'toPlugin',
    capability: null,
    since: '0.1',
  },
  /** A new table with these partitions (all `create`), for a device of `target`; no lease, since nothing that is there matters. */
  'partitionTable/create': {
    params: Type.Object({
      table: Name,
      type: NewTableKind,
      target: Type.Object({ size: Bytes, sectorSize: SectorSize }),
      operations,
    }),
    result: RebuildResult,
    direction: 'toPlugin',
    capability: null,
    since: '0.1',
  },
  /** The same for a plugin: the host asks the provider that creates such tables. */
  'device/createTable': {
    params: Type.Object({ deviceId: Id, type: NewTableKind, operations }),
    result: RebuildResult,
    direction: 'toHost',
    capability: 'device.read',
    since: '0.1',
  },
  'partitionTable/close': row(Handle, Empty),
  'partitionTable/read': row(Handle, TableLayout),
  'partitionTable/rebuild': row(RebuildParams, RebuildResult),
  /**
   * All operations together, on the device that the table was read from; in which order they are given does not matter. `writes` holds what differs
   * from what is there, in commit order. Refusals name the operation (`item` of the error's detail, from 0).
   */
  'partitionTable/edit': row(Type.Object({ handle: Id, operations }), RebuildResult),
  /** Where the table's own marks lie on a device of this size, at both ends. */
  'partitionTable/signatures': row(Handle, Type.Object({ signatures: Type.Array(NamedRange, { maxItems: 256 }) })),
  'partitionTable/structures': row(StructuresParams, StructuresPage),
  'partitionTable/encodeField': row(EncodeFieldParams, EncodeFieldResult),
} as const;
