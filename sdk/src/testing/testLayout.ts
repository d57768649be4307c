import type { BlockSource } from '../block/index';
import type { DeviceLayout, FilesystemSummary, TableLayout } from '../protocol/types';
import type { TableProxy, VolumeProxy } from '../runtime/index';

/** The layout of a device as the host makes it: the table, what each partition holds, and the gaps between them. */
export async function readTestLayout(
  path: string,
  { size, sectorSize }: BlockSource,
  open: { table(): Promise<TableProxy | null>; volume(partition: number): Promise<VolumeProxy | null> },
): Promise<DeviceLayout> {
  const device = { path, size, sectorSize };
  const table = await open.table();
  if (!table) {
    const volume = await summarise(await open.volume(0));
    return { device, table: { type: 'none', id: null }, partitions: [], volume, gaps: [], findings: [] };
  }
  const read = await table.read();
  await table.close();
  const partitions: DeviceLayout['partitions'] = [];
  for (const partition of read.partitions) {
    const filesystem = partition.role === 'extended' ? null : await summarise(await open.volume(partition.number));
    partitions.push({ ...partition, filesystem });
  }
  return {
    device,
    table: { type: read.type, id: read.id },
    partitions,
    volume: null,
    gaps: gapsOf(read),
    findings: read.findings,
  };
}

async function summarise(volume: VolumeProxy | null): Promise<FilesystemSummary | null> {
  if (!volume) return null;
  const { type, label, uuid, size, used } = await volume.info();
  await volume.close();
  return { type, label, uuid, size, used };
}

/** What of the usable range no partition covers. */
function gapsOf({ partitions, usable }: TableLayout): DeviceLayout['gaps'] {
  const gaps: DeviceLayout['gaps'] = [];
  let at = usable.offset;
  const inOrder = partitions.filter(({ role }) => role !== 'extended').sort((a, b) => a.start - b.start);
  for (const { start, size } of inOrder) {
    if (start > at) gaps.push({ start: at, size: start - at });
    at = Math.max(at, start + size);
  }
  const end = usable.offset + usable.length;
  return at < end ? [...gaps, { start: at, size: end - at }] : gaps;
}
