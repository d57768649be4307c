import { leaseVolume, type LeasedSource, MapRuns, MAX_MAP_UNITS, type PluginContext } from '@diskwright/sdk';
import type { CommandInput, CommandResult, VolumeRef } from '@diskwright/sdk/protocol';
import type { Geometry } from './geometry';
import { GroupTable } from './groupTable';
import { withJournalReplayed } from './journal/replay';
import { groupBlocks, groupFirstBlock } from './superblockPlaces';
import { readVolume, requireGeometry } from './volume';

/** The most rows that a table can have. */
const MAX_ROWS = 4096;

/** From worst to best: where a unit stands for several groups, the worst of them counts. */
const LEGEND = [
  { id: 'damaged', label: 'wrong checksum' },
  { id: 'full', label: 'full' },
  { id: 'most', label: 'more than half used' },
  { id: 'some', label: 'half used or less' },
  { id: 'unused', label: 'never used' },
] as const;

interface OpenGroups {
  lease: LeasedSource;
  geometry: Geometry;
  table: GroupTable;
}

/** The block groups as a table, from `firstGroup` on. @throws DamagedStructureError when the volume is no ext filesystem */
export async function listGroups(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const { firstGroup } = input as { firstGroup: number };
  const { lease, geometry, table } = await openGroups(input, context);
  const columns = ['group', 'blocks', 'free clusters', 'free inodes', 'flags', 'checksum'];
  const rows: string[][] = [];
  const ranges: { offset: number; length: number }[][] = [];
  const end = Math.min(geometry.groupsCount, firstGroup + MAX_ROWS);
  for (let group = firstGroup; group < end; group++) {
    const first = groupFirstBlock(geometry, group);
    const blocks = groupBlocks(geometry, group);
    rows.push([
      String(group),
      `${first}-${first + blocks - 1}`,
      String(table.freeClusters(group)),
      String(table.freeInodes(group)),
      table.flagNames(group).join(', '),
      checksumState(table, group),
    ]);
    const descriptor = table.descriptorRange(group);
    ranges.push([
      { offset: lease.offset + first * geometry.blockSize, length: blocks * geometry.blockSize },
      { offset: lease.offset + descriptor.offset, length: descriptor.length },
    ]);
  }
  const part = rows.length < geometry.groupsCount ? `${rows.length} of the ` : '';
  const title = `${part}${geometry.groupsCount} block groups of ${context.named['volume']}`;
  return { kind: 'view', view: { view: 'table', title, columns, rows, ranges } };
}

/** How full the groups are, as a map. @throws DamagedStructureError when the volume is no ext filesystem */
export async function mapGroups(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const { lease, geometry, table } = await openGroups(input, context);
  const groupsInUnit = Math.ceil(geometry.groupsCount / MAX_MAP_UNITS);
  const runs = new MapRuns();
  for (let group = 0; group < geometry.groupsCount; group += groupsInUnit) {
    context.signal.throwIfAborted();
    let worst: number = LEGEND.length - 1;
    for (let index = group; index < Math.min(group + groupsInUnit, geometry.groupsCount); index++)
      worst = Math.min(worst, categoryOf(table, index));
    runs.add(LEGEND[worst]!.id);
  }
  const unit = `${groupsInUnit === 1 ? 'block group' : `${groupsInUnit} block groups`} of ${geometry.blocksPerGroup} blocks`;
  const place = {
    offset: lease.offset + geometry.firstDataBlock * geometry.blockSize,
    unitBytes: groupsInUnit * geometry.blocksPerGroup * geometry.blockSize,
  };
  const title = `${geometry.groupsCount} block groups of ${context.named['volume']}`;
  return { kind: 'view', view: { view: 'map', title, unit, legend: [...LEGEND], runs: runs.runs, place } };
}

async function openGroups(input: CommandInput, context: PluginContext): Promise<OpenGroups> {
  const lease = await leaseVolume(context, input['volume'] as VolumeRef);
  const volume = await withJournalReplayed(await readVolume(lease, context.signal), 'verified', context.signal);
  const geometry = requireGeometry(volume);
  return { lease, geometry, table: await GroupTable.read(volume.source, geometry, context.signal) };
}

function checksumState(table: GroupTable, group: number): string {
  if (table.geometry.descriptorChecksum === 'none') return 'none';
  return table.storedChecksum(group) === table.expectedChecksum(group) ? 'right' : 'wrong';
}

/** Index into the legend. */
function categoryOf(table: GroupTable, group: number): number {
  if (checksumState(table, group) === 'wrong') return 0;
  if (table.isBlockBitmapUninitialised(group)) return 4;
  const clusters = Math.ceil(groupBlocks(table.geometry, group) / table.geometry.blocksPerCluster);
  const free = table.freeClusters(group);
  if (free === 0) return 1;
  return free < clusters / 2 ? 2 : 3;
}
