import type { PluginContext } from '@diskwright/sdk';
import { ExtentList, rangesMeet, subtract } from '@diskwright/sdk/extents';
import type { PlanBuilder } from '@diskwright/sdk/plan';
import type { ByteRange, ProposedWrite } from '@diskwright/sdk/protocol';
import type { Prepared } from './prepare';

const REASON = 'what is moved is whole in neither place until it is done, so nothing may take it for whole';

/**
 * Takes the partitions that are moved, or that others are moved over, out of the table before, so that a move that is cut short shows none that is half there. The new table
 * brings them back; what it would have left as it was is written again.
 */
export async function hideMoved(
  context: PluginContext,
  builder: PlanBuilder,
  { device, hiding, table }: Prepared,
): Promise<void> {
  for (const write of hiding) builder.write({ ...write, reason: `${write.reason}; ${REASON}` }, 0, 'invalidate');
  const rangeOf = ({ offset, bytes }: ProposedWrite): ByteRange => ({
    offset,
    length: typeof bytes === 'string' ? Buffer.byteLength(bytes, 'base64') : bytes.bytes,
  });
  const written = ExtentList.fromRanges(table.writes.map(rangeOf));
  const left = hiding.flatMap((write) => {
    const range = rangeOf(write);
    const isUsed = table.layout.structures.some((structure) => rangesMeet(structure, range));
    return isUsed && subtract(ExtentList.fromRanges([range]), written).count > 0 ? [{ write, range }] : [];
  });
  if (left.length === 0) return;
  const lease = await context.devices.lease(device.deviceId);
  try {
    for (const { write, range } of left) {
      const bytes = (await lease.read(range.offset, range.length, context.signal)).toString('base64');
      builder.write({ ...write, bytes, reason: 'as it was before the partitions were moved' });
    }
  } finally {
    await lease.dispose();
  }
}
