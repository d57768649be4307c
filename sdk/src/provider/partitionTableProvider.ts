import type { BlockSource } from '../block/index';
import type {
  ByteRange,
  NamedRange,
  NewTableKind,
  PartitionOperation,
  PartitionTableKind,
  RebuildParams,
  SectorSize,
  StructureInstance,
  TableLayout,
} from '../protocol/types';
import type { EncodedField, FieldEdit, ProviderContext, WriteProposal } from './common';

/**
 * Reads and writes partition tables; listed in the manifest under `contributes.partitionTables` by the same id. The source is the whole device;
 * all offsets and lengths are bytes from its start.
 */
export interface PartitionTableProvider {
  /** How sure it is, 0 … 100, and what kind of table; `none` with 0. Bytes that make no sense are a 0, not an exception. */
  probe(source: BlockSource, context: ProviderContext): Promise<{ score: number; type: PartitionTableKind }>;
  /**
   * Opens the table.
   * @throws DamagedStructureError when there is nothing left to read; a table that a backup can stand in for is a finding
   */
  open(source: BlockSource, context: ProviderContext): Promise<OpenPartitionTable>;
  /**
   * A new table for a device, whatever it holds now; the manifest says under `creates` which kinds. Absent: NotSupported.
   * @throws RefusedError, InvalidInputError as {@link OpenPartitionTable.edit}
   */
  create?(request: NewTableRequest, signal: AbortSignal): Promise<RebuildOutcome>;
}

/** A table that is to be made; its operations can only be `create`. */
export interface NewTableRequest {
  type: NewTableKind;
  target: { size: number; sectorSize: SectorSize };
  operations: readonly PartitionOperation[];
}

/** The table that a rebuild makes: for a device of `target`, with `changes` to what was read, and kept or new identifiers. */
export type RebuildRequest = Omit<RebuildParams, 'handle'>;

export interface RebuildOutcome {
  /** Every structure of the table for the target, in commit order: backup first, boot record last. */
  writes: WriteProposal[];
  layout: TableLayout;
  warnings: string[];
}

/** An open table. Calls may overlap; each takes a signal that aborts when the caller cancels. What is optional answers NotSupported when absent. */
export interface OpenPartitionTable {
  read(signal: AbortSignal): Promise<TableLayout>;
  /** @throws RefusedError when a partition would overlap another, the table or its backup, or does not fit */
  rebuild(request: RebuildRequest, signal: AbortSignal): Promise<RebuildOutcome>;
  /**
   * The table of the same device with all of `operations` done, in which order they are given does not matter. `writes` holds just what differs.
   * @throws InvalidInputError, RefusedError whose detail's `item` is the operation that cannot be done
   */
  edit?(operations: readonly PartitionOperation[], signal: AbortSignal): Promise<RebuildOutcome>;
  /** Where the table's own marks lie on the device, at both ends. At most 256. */
  signatures(signal: AbortSignal): Promise<NamedRange[]>;
  /** @param range only structures that meet it are wanted; see `Filesystem.structures` */
  structures(signal: AbortSignal, range?: ByteRange): Iterable<StructureInstance> | AsyncIterable<StructureInstance>;
  /** The bytes of an edited field; see `encodePlacedField`. @throws InvalidInputError when there is no such field, or the text is no value of it */
  encodeField?(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField>;
  /** Frees what it holds; called once. */
  close?(): Promise<void>;
}
