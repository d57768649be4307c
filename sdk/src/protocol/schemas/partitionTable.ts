/** The partition table provider. A caller reaches it through `device/table`, which answers a handle for the `partitionTable/…` calls. */
import Type from 'typebox';
import { Bytes, Empty, Handle, Id, Lease, Name, NamedRange, ProposedWrite, SectorSize, Text } from './common';
import { PartitionTableKind, TableLayout } from './devices';
import { openResult } from './filesystem';
import { EncodeFieldParams, EncodeFieldResult, StructuresPage, StructuresParams } from './lifecycle';

/** One partition as it shall be; `number` names it in the table that was read. */
export const PartitionChange = Type.Object({
  number: Type.Integer({ minimum: 1 }),
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
  'partitionTable/close': row(Handle, Empty),
  'partitionTable/read': row(Handle, TableLayout),
  'partitionTable/rebuild': row(RebuildParams, RebuildResult),
  /** Where the table's own marks lie on a device of this size, at both ends. */
  'partitionTable/signatures': row(Handle, Type.Object({ signatures: Type.Array(NamedRange, { maxItems: 256 }) })),
  'partitionTable/structures': row(StructuresParams, StructuresPage),
  'partitionTable/encodeField': row(EncodeFieldParams, EncodeFieldResult),
} as const;
