import { isCluster } from '@diskwright/sdk/clusters';
import { leaseVolume, type LeasedSource, MapRuns, MAX_MAP_UNITS, type PluginContext } from '@diskwright/sdk';
import type { CommandInput, CommandResult, VolumeRef } from '@diskwright/sdk/protocol';
import { RefusedError } from '@diskwright/sdk/errors';
import { BAD_CLUSTER, bytesOfEntries, ClusterState, entryOf } from './clusterState';
import { readFatPieces } from './fatPieces';
import { clusterOffset, type FatGeometry, readGeometry } from './geometry';
import { isInconsistent } from './info';

/** The most rows that a table can have; a multiple of 2, so that the entries of a FAT12 begin at a whole byte. */
const MAX_ROWS = 4096;

const LEGEND = [
  { id: 'free', label: 'free' },
  { id: 'used', label: 'used' },
  { id: 'part', label: 'used in part' },
  { id: 'bad', label: 'with bad clusters' },
];

interface OpenFat {
  lease: LeasedSource;
  geometry: FatGeometry;
}

/** Which clusters are used, as a map. @throws DamagedStructureError, RefusedError when the volume's FAT cannot be relied on */
export async function mapClusters(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const { lease, geometry } = await openFat(input, context);
  const clustersInUnit = Math.ceil(geometry.clusterCount / MAX_MAP_UNITS);
  const runs = new MapRuns();
  let [seen, bad, used] = [0, 0, 0];
  const endUnit = (): void => {
    runs.add(bad > 0 ? 'bad' : used === 0 ? 'free' : used === seen ? 'used' : 'part');
    [seen, bad, used] = [0, 0, 0];
  };
  for await (const { first, states } of readFatPieces(lease, geometry, geometry.activeFats, context.signal)) {
    context.progress('reading the FAT', first, geometry.clusterCount);
    // Entries 0 and 1 are no clusters.
    for (let index = first === 0 ? 2 : 0; index < states.length; index++) {
      seen++;
      if (states[index] === ClusterState.bad) bad++;
      else if (states[index] === ClusterState.used) used++;
      if (seen === clustersInUnit) endUnit();
    }
  }
  if (seen > 0) endUnit();
  const unit = `${clustersInUnit === 1 ? 'cluster' : `${clustersInUnit} clusters`} of ${geometry.clusterBytes} bytes`;
  const place = { offset: lease.offset + geometry.dataOffset, unitBytes: clustersInUnit * geometry.clusterBytes };
  const title = `${geometry.clusterCount} clusters of ${context.named['volume']}, FAT${geometry.width}`;
  return { kind: 'view', view: { view: 'map', title, unit, legend: LEGEND, runs: runs.runs, place } };
}

/** The entries of the first FAT that is kept up to date, as a table. @throws as {@link mapClusters} */
export async function listEntries(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const { lease, geometry } = await openFat(input, context);
  const total = geometry.clusterCount + 2;
  const wanted = Math.min((input as { firstCluster: number }).firstCluster, total - 1);
  const first = wanted - (wanted % 2);
  const count = Math.min(MAX_ROWS, total - first);
  const fat = geometry.fatOffset + (geometry.activeFats[0] ?? 0) * geometry.fatBytes + bytesOfEntries(geometry.width, first);
  const bytes = await lease.read(fat, bytesOfEntries(geometry.width, count), context.signal);
  const rows: string[][] = [];
  const ranges: { offset: number; length: number }[][] = [];
  for (let index = 0; index < count; index++) {
    const cluster = first + index;
    const value = entryOf(geometry.width, bytes, index);
    rows.push([String(cluster), `0x${value.toString(16).padStart(geometry.width / 4, '0')}`, meaning(geometry, cluster, value)]);
    const entry = {
      offset: lease.offset + fat + Math.floor((index * geometry.width) / 8),
      length: Math.ceil(geometry.width / 8),
    };
    const data = { offset: lease.offset + clusterOffset(geometry, cluster), length: geometry.clusterBytes };
    ranges.push(cluster < 2 ? [entry] : [data, entry]);
  }
  const title = `Entries ${first} to ${first + count - 1} of ${total} of ${context.named['volume']}, FAT${geometry.width}`;
  return { kind: 'view', view: { view: 'table', title, columns: ['cluster', 'entry', 'meaning'], rows, ranges } };
}

async function openFat(input: CommandInput, context: PluginContext): Promise<OpenFat> {
  const lease = await leaseVolume(context, input['volume'] as VolumeRef);
  const geometry = await readGeometry(lease, context.signal);
  if (isInconsistent(geometry)) {
    const [problem] = geometry.problems;
    throw new RefusedError(`where the FAT lies cannot be told: ${problem?.message}`, { ...problem?.ranges[0] });
  }
  return { lease, geometry };
}

function meaning(geometry: FatGeometry, cluster: number, value: number): string {
  if (cluster === 0) return 'media descriptor';
  if (cluster === 1) return 'end of chain, and flags';
  const badMark = BAD_CLUSTER[geometry.width];
  if (value === 0) return 'free';
  if (value === badMark) return 'bad';
  if (value > badMark) return 'end of a chain';
  return isCluster(geometry, value) ? `leads to ${value}` : 'leads nowhere';
}
