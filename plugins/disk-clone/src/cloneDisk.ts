import type { PluginContext, TableProxy } from '@diskwright/sdk';
import { complement, ExtentList, layoutGaps, shift, union } from '@diskwright/sdk/extents';
import {
  contentOf,
  digestRanges,
  formatBytes,
  PlanBuilder,
  planVolumeCopy,
  readableRanges,
  signatureWindows,
  structureOf,
  type VolumeCopy,
} from '@diskwright/sdk/plan';
import type {
  CommandInput,
  CommandResult,
  DeviceDescription,
  DeviceLayout,
  RebuildResult,
  TableLayout,
} from '@diskwright/sdk/protocol';
import { checkDeviceFits, checkPartitionsFit } from './fits';
import { growLastPartition } from './fitLayout';
import { bootGapBytes, gapsToCopy } from './gaps';
import { checkDevices, cloneDiskOptions, type CloneDiskOptions } from './options';
import { grownWarning, identityWarning } from './warnings';

interface PlacedVolume {
  name: string;
  sourceStart: number;
  targetStart: number;
  /** Bytes the volume has on the target. */
  targetSize: number;
  copy: VolumeCopy;
}

/** Makes the plan that copies a whole disk. Nothing is written; every refusal names its numbers. */
export async function cloneDisk(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const options = cloneDiskOptions(input);
  const [source, target] = await Promise.all([
    context.devices.describe(options.source),
    context.devices.describe(options.target),
  ]);
  checkDevices(source, target, 'disk');
  const builder = new PlanBuilder(context, source, target);
  const table = await context.devices.table(options.source);
  let result: DeviceLayout | null = null;
  try {
    if (table) result = await cloneWithTable(context, builder, options, source, target, table);
    else await cloneWholeVolume(context, builder, options, source, target);
  } finally {
    await table?.close();
  }
  builder.warnings.push(identityWarning(options.identity));
  return {
    kind: 'plan',
    plan: builder.build(`Clone ${source.path} to ${target.path}`, { id: 'disk-clone.cloneDisk', input: { ...input } }, result),
  };
}

async function cloneWithTable(
  context: PluginContext,
  builder: PlanBuilder,
  options: CloneDiskOptions,
  source: DeviceDescription,
  target: DeviceDescription,
  table: TableProxy,
): Promise<DeviceLayout> {
  const layout = await table.read();
  checkPartitionsFit(layout, source, target);
  const rebuilt = await rebuildTable(builder, options, layout, target, table);
  await assertTable(context, builder, options.source, layout);

  const volumes: PlacedVolume[] = [];
  for (const partition of layout.partitions.filter((candidate) => candidate.role !== 'extended')) {
    context.signal.throwIfAborted();
    const name = `partition ${partition.number}`;
    context.progress(`Reading ${name}`, volumes.length, layout.partitions.length);
    const reference = { deviceId: options.source, partition: partition.number };
    const place = { start: partition.start, size: partition.size, sectorSize: source.sectorSize };
    const copy = await planVolumeCopy(context, reference, place, name, options.allSectors);
    const targetPartition = rebuilt.layout.partitions.find((candidate) => candidate.number === partition.number)!;
    volumes.push({
      name,
      sourceStart: partition.start,
      targetStart: targetPartition.start,
      targetSize: targetPartition.size,
      copy,
    });
  }
  const bootGap = options.allSectors ? null : await bootGapBytes(context);
  const gaps = gapsToCopy(layout, source.size, target.size, bootGap);
  await clearTarget(builder, options, target, volumes, gaps);
  if (gaps.count > 0) {
    await builder.copy('content', gaps, 0, 0, 'gaps between table and partitions', 'boot loaders keep code there');
    builder.notes.push(
      `gaps: ${formatBytes(gaps.covered)} ${options.allSectors ? 'outside of partitions' : 'before the first partition'}, where boot loaders keep code`,
    );
  }
  await copyVolumes(builder, options, volumes);
  for (const write of rebuilt.writes) builder.write(write);
  builder.notes.push(`${layout.type.toUpperCase()} partition table: written anew for ${formatBytes(target.size)}`);
  return expectedLayout(rebuilt.layout, target, volumes);
}

/** A disk without a table is one volume, or nothing that anyone knows. */
async function cloneWholeVolume(
  context: PluginContext,
  builder: PlanBuilder,
  options: CloneDiskOptions,
  source: DeviceDescription,
  target: DeviceDescription,
): Promise<void> {
  const place = { start: 0, size: source.size, sectorSize: source.sectorSize };
  const copy = await planVolumeCopy(
    context,
    { deviceId: options.source, partition: 0 },
    place,
    'the whole device',
    options.allSectors,
  );
  checkDeviceFits(copy.neededBytes, source, target);
  const volumes = [{ name: 'the whole device', sourceStart: 0, targetStart: 0, targetSize: target.size, copy }];
  await clearTarget(builder, options, target, volumes, ExtentList.fromRanges([]));
  await copyVolumes(builder, options, volumes);
}

async function rebuildTable(
  builder: PlanBuilder,
  options: CloneDiskOptions,
  layout: TableLayout,
  target: DeviceDescription,
  table: TableProxy,
): Promise<RebuildResult> {
  const geometry = { target: { size: target.size, sectorSize: target.sectorSize }, identity: options.identity };
  let rebuilt = await table.rebuild({ ...geometry, changes: [] });
  if (options.layout === 'fit') {
    const { changes, grown } = growLastPartition(layout, rebuilt.layout.usable.offset + rebuilt.layout.usable.length);
    if (grown) {
      rebuilt = await table.rebuild({ ...geometry, changes });
      builder.warnings.push(grownWarning(grown));
    }
  }
  builder.warnings.push(
    ...rebuilt.warnings,
    ...layout.findings.filter((finding) => finding.severity !== 'info').map((finding) => `source: ${finding.message}`),
  );
  return rebuilt;
}

async function assertTable(context: PluginContext, builder: PlanBuilder, deviceId: string, layout: TableLayout): Promise<void> {
  const lease = await context.devices.lease(deviceId);
  try {
    const ranges = [...ExtentList.fromRanges(await readableRanges(lease, layout.structures, context.signal))];
    builder.assert(0, ranges, await digestRanges(lease, ranges, context.signal), 'partition table of the source');
  } finally {
    await lease.dispose();
  }
}

/** Takes away what would show over the new content, and treats unused areas as asked. */
async function clearTarget(
  builder: PlanBuilder,
  options: CloneDiskOptions,
  target: DeviceDescription,
  volumes: PlacedVolume[],
  gaps: ExtentList,
): Promise<void> {
  const windows = [
    ...signatureWindows(0, target.size),
    ...volumes.flatMap((volume) => signatureWindows(volume.targetStart, volume.targetSize)),
  ];
  if (options.unused !== 'keep') {
    const written = volumes.reduce((all, volume) => union(all, shift(volume.copy.extents, volume.targetStart)), gaps);
    await builder.clearUnused(options.unused, complement(written, target.size));
  }
  // After a discard, since what that leaves behind is not defined.
  builder.zero(windows, 'old tables and signatures', 'nothing of what was on the target may show over the new content');
}

async function copyVolumes(builder: PlanBuilder, options: CloneDiskOptions, volumes: PlacedVolume[]): Promise<void> {
  for (const { name, sourceStart, targetStart, copy } of volumes) {
    const structure = structureOf(name, copy);
    builder.assert(sourceStart, copy.generation.ranges, copy.generation.digest, structure);
    await builder.copy('content', contentOf(copy), sourceStart, targetStart, structure, 'content');
    builder.notes.push(copy.note);
  }
  if (options.verify) builder.verify('content');
  for (const { name, sourceStart, targetStart, copy } of volumes) {
    const structure = structureOf(name, copy);
    await builder.copy(
      'commit',
      copy.commit,
      sourceStart,
      targetStart,
      structure,
      'what makes the volume recognisable, written last',
    );
  }
  if (options.verify) builder.verify('commit');
}

function expectedLayout(layout: TableLayout, target: DeviceDescription, volumes: PlacedVolume[]): DeviceLayout {
  const filesystemOf = (number: number): DeviceLayout['partitions'][number]['filesystem'] => {
    const info = volumes.find((volume) => volume.name === `partition ${number}`)?.copy.info;
    return info ? { type: info.type, label: info.label, uuid: info.uuid, size: info.size, used: info.used } : null;
  };
  return {
    device: { path: target.path, size: target.size, sectorSize: target.sectorSize },
    table: { type: layout.type, id: layout.id },
    partitions: layout.partitions.map((partition) => ({ ...partition, filesystem: filesystemOf(partition.number) })),
    volume: null,
    gaps: layoutGaps(layout, target.size),
    findings: layout.findings,
  };
}
