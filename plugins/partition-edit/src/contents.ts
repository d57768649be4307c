import type { PluginContext } from '@diskwright/sdk';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList, intersect } from '@diskwright/sdk/extents';
import { formatBytes, planVolumeCopy, type VolumeCopy } from '@diskwright/sdk/plan';
import type { DeviceDescription, ProposedWrite } from '@diskwright/sdk/protocol';
import type { ChangedPartition } from './changedPartitions';

/** What a partition holds that is moved or resized. Extents are relative to its start. */
export interface Content {
  changed: ChangedPartition;
  copy: VolumeCopy;
  /** What is copied when it moves: as far as the new partition reaches. */
  extents: ExtentList;
  /** From the start of the new place. */
  relocation: ProposedWrite[];
  warnings: string[];
}

/**
 * Looks into a partition that is moved or resized.
 * @throws RefusedError when what it holds does not fit or cannot live at its new place
 */
export async function readContent(
  context: PluginContext,
  device: DeviceDescription,
  changed: ChangedPartition,
): Promise<Content> {
  const before = changed.before!;
  const after = changed.after!;
  const name = `partition ${before.number}`;
  const reference = { deviceId: device.deviceId, partition: before.number };
  const place = { start: before.start, size: before.size, sectorSize: device.sectorSize };
  const copy = await planVolumeCopy(context, reference, place, name, false);
  refuseTooSmall(changed, copy.info ? { type: copy.info.type, size: copy.neededBytes } : null);
  const extents = intersect(copy.extents, ExtentList.fromRanges([{ offset: 0, length: after.size }]));
  const content: Content = { changed, copy, extents, relocation: [], warnings: sizeWarnings(changed, copy) };
  const volume = copy.info ? await context.volumes.open(reference) : null;
  if (!volume) return content;
  try {
    const target = { newStart: after.start, newSize: after.size, newSectorSize: device.sectorSize };
    const { writes, warnings } = await volume.relocate(target).catch((error: unknown) => {
      throw error instanceof RefusedError || error instanceof InvalidInputError
        ? new RefusedError(`${changed.label}: ${error.message}`, { ...error.detail, item: changed.item ?? undefined })
        : error;
    });
    return { ...content, relocation: writes, warnings: [...content.warnings, ...warnings] };
  } finally {
    await volume.close();
  }
}

/** @throws RefusedError when a filesystem of this size would be cut off */
export function refuseTooSmall(
  { before, after, label, item }: ChangedPartition,
  filesystem: { type: string; size: number } | null,
): void {
  if (!filesystem || !before || !after || after.size >= before.size || after.size >= filesystem.size) return;
  const missing = formatBytes(filesystem.size - after.size);
  throw new RefusedError(
    `${label}: its ${filesystem.type} filesystem has ${formatBytes(filesystem.size)}, ${missing} more than the partition would`,
    { offset: before.start, length: before.size, item: item ?? undefined, todo: 'Shrink the filesystem by its own tool first.' },
  );
}

function sizeWarnings({ before, after, label }: ChangedPartition, { info }: VolumeCopy): string[] {
  const [old, now] = [before!.size, after!.size];
  if (now > old && info) return [`${label}: the ${info.type} filesystem keeps its size until it is grown by its own tool`];
  if (now < old && !info)
    return [`${label}: no plugin knows what it holds; whatever lies behind ${formatBytes(now)} of it is cut off`];
  return [];
}
