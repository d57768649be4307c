import type { PluginContext } from '@diskwright/sdk';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { DeviceDescription, DeviceLayout, PartitionOperation, RebuildResult, TableLayout } from '@diskwright/sdk/protocol';
import { type ChangedPartition, changedPartitions } from './changedPartitions';
import { isMove, type Move, orderedMoves } from './moves';
import type { Wanted } from './operations';

/** What the operations come to, as far as the table alone tells. */
export interface Prepared {
  device: DeviceDescription;
  layout: DeviceLayout;
  /** The table as it is; null when there is none. */
  before: TableLayout | null;
  /** What is to be written for the new one. */
  table: RebuildResult;
  changed: ChangedPartition[];
  /** In the order in which they can be done. */
  moves: Move[];
  /** Where there are moves, writes that take what is moved, or deleted and so perhaps overwritten, out of the table as it is. */
  hiding: RebuildResult['writes'];
}

/**
 * Lets the table's provider do the operations.
 * @throws RefusedError, InvalidInputError whose `item` is the operation, counted as in the input
 */
export async function prepare(context: PluginContext, deviceId: string, wanted: Wanted): Promise<Prepared> {
  const [device, layout] = await Promise.all([context.devices.describe(deviceId), context.devices.layout(deviceId)]);
  const proxy = await context.devices.table(deviceId);
  try {
    const before = (await proxy?.read()) ?? null;
    const operations = wanted.operations.map(({ operation }) => operation);
    if (wanted.initialize) {
      const table = await context.devices
        .createTable(deviceId, wanted.initialize.table, operations)
        .catch((error: unknown) => Promise.reject(asInInput(error, wanted)));
      return { device, layout, before, table, changed: onNewTable(before, table.layout, wanted), moves: [], hiding: [] };
    }
    if (!proxy || !before) throw noTable(device);
    const table = await proxy.edit(operations);
    const changed = changedPartitions(before, table.layout, wanted);
    const moves = orderedMoves(changed);
    const hiding = moves.length > 0 ? (await proxy.edit(deletesOf(changed))).writes : [];
    return { device, layout, before, table, changed, moves, hiding };
  } finally {
    await proxy?.close();
  }
}

function deletesOf(changed: readonly ChangedPartition[]): PartitionOperation[] {
  const leaving = changed.filter((partition) => partition.after === null || isMove(partition));
  return leaving.map(({ before }) => ({ kind: 'delete', number: before!.number }));
}

/** An error of the provider, which does not count the operation that asks for the table, by the input's count. */
function asInInput(error: unknown, { operations }: Wanted): unknown {
  if (!(error instanceof RefusedError || error instanceof InvalidInputError) || error.detail.item === undefined) return error;
  const { item } = operations[error.detail.item]!;
  const message = error.message.replace(/^operation \d+/, `operation ${item + 1}`);
  const detail = { ...error.detail, item };
  return error instanceof RefusedError ? new RefusedError(message, detail) : new InvalidInputError(message, detail);
}

function noTable({ path }: DeviceDescription): RefusedError {
  return new RefusedError(`${path} has no partition table`, {
    device: path,
    todo: 'Let the first operation be {"kind": "initialize", "table": "gpt"}, if nothing on it is needed.',
  });
}

/** All that was there is gone. */
function onNewTable(before: TableLayout | null, after: TableLayout, wanted: Wanted): ChangedPartition[] {
  const { item } = wanted.initialize!;
  const label = `operation ${item + 1}: make a new partition table`;
  const gone = (before?.partitions ?? []).map((partition) => ({ before: partition, after: null, label, item }));
  const empty = { ...after, partitions: [] };
  return [...gone, ...changedPartitions(empty, after, wanted)];
}
