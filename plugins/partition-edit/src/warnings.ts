import { rangesMeet } from '@diskwright/sdk/extents';
import { formatBytes } from '@diskwright/sdk/plan';
import type { DeviceDescription, DeviceLayout, TableLayout } from '@diskwright/sdk/protocol';
import { type ChangedPartition, ownRange } from './changedPartitions';
import { type Move, overwritesItself } from './moves';

const ALIGNMENT = 1024 * 1024;

/** What the user should know of the changes as such, a sentence each. */
export function* changeWarnings(
  changed: readonly ChangedPartition[],
  device: DeviceDescription,
  layout: DeviceLayout,
): Generator<string> {
  for (const { before, after, label } of changed) {
    if (before && !after && before.role !== 'extended') yield `${label}: ${lost(before.number, layout)}`;
    if (after && before?.start !== after.start) yield* alignmentWarnings(`${label}`, after.start, device.physicalSectorSize);
    if (before && after && before.number !== after.number) yield `partition ${before.number} becomes partition ${after.number}`;
  }
}

/** What can go wrong while partitions are moved. */
export function* moveWarnings(moves: readonly Move[], table: TableLayout): Generator<string> {
  for (const move of moves) {
    if (overwritesItself(move))
      yield `${move.label}: its new place overlaps the old one; if the job is interrupted, the partition is whole at neither, and in the table again only when the job was gone on with. Have a backup`;
    else if (
      moves.some((other) => ownRange(move.after).some((to) => ownRange(other.before).some((from) => rangesMeet(to, from))))
    )
      yield `${move.label}: its new place is where another partition lies now; if the job is interrupted, that one is gone, and this one is in the table again only when the job was gone on with. Have a backup`;
    if (table.structures.some((part) => ownRange(move.after).some((to) => rangesMeet(part, to))))
      yield `${move.label}: its new place is where a part of the table lies now; if the job is interrupted, the table is damaged. Have a backup`;
  }
  if (moves.length > 0)
    yield 'boot loaders and systems that know a moved partition by its place may have to be told of it: GRUB is installed again, Windows repaired';
}

function lost(number: number, { partitions }: DeviceLayout): string {
  const filesystem = partitions.find((partition) => partition.number === number)?.filesystem;
  if (!filesystem) return `what partition ${number} holds is out of reach from then on; no plugin knows what that is`;
  const label = filesystem.label ? ` "${filesystem.label}"` : '';
  return `the ${filesystem.type} filesystem${label} of partition ${number} is out of reach from then on, until a partition is created at the very same place`;
}

function* alignmentWarnings(label: string, start: number, physicalSectorSize: number): Generator<string> {
  if (start % physicalSectorSize !== 0)
    yield `${label}: its start is not on a physical sector of ${physicalSectorSize} bytes, which makes writing slow`;
  else if (start % ALIGNMENT !== 0)
    yield `${label}: its start is not a multiple of ${formatBytes(ALIGNMENT)}, which makes writing slow on some disks`;
}
