import type { PluginContext } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import { complement, shift } from '@diskwright/sdk/extents';
import { contentOf, formatBytes, PlanBuilder, planVolumeCopy, signatureWindows, structureOf } from '@diskwright/sdk/plan';
import type { CommandInput, CommandResult, DeviceDescription, VolumeRef } from '@diskwright/sdk/protocol';
import { checkDevices, clonePartitionOptions } from './options';

interface VolumePlace {
  start: number;
  size: number;
  name: string;
}

/** Makes the plan that copies one volume into a partition that is there already. Only that partition is written. */
export async function clonePartition(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const options = clonePartitionOptions(input);
  const [source, target] = await Promise.all([
    context.devices.describe(options.source.deviceId),
    context.devices.describe(options.target.deviceId),
  ]);
  checkDevices(source, target, 'partition');
  const [from, to] = await Promise.all([locate(context, source, options.source), locate(context, target, options.target)]);
  const builder = new PlanBuilder(context, source, target);
  const place = { start: from.start, size: from.size, sectorSize: source.sectorSize };
  const copy = await planVolumeCopy(context, options.source, place, from.name, options.allSectors);
  if (to.size < copy.neededBytes) {
    throw new RefusedError(
      `${to.name} of ${target.path} has ${formatBytes(to.size)}, but what ${from.name} of ${source.path} holds needs ${formatBytes(copy.neededBytes)}`,
      {
        device: target.path,
        offset: to.start,
        length: to.size,
        todo: 'Use a larger partition.',
      },
    );
  }
  const structure = structureOf(to.name, copy);
  builder.assert(from.start, copy.generation.ranges, copy.generation.digest, `${from.name} of the source`);
  if (options.unused !== 'keep') await builder.clearUnused(options.unused, shift(complement(copy.extents, to.size), to.start));
  // After a discard, since what that leaves behind is not defined.
  builder.zero(
    signatureWindows(to.start, to.size),
    'old signatures',
    'nothing of what was in the partition may show over the new content',
  );
  await builder.copy('content', contentOf(copy), from.start, to.start, structure, 'content');
  if (options.verify) builder.verify('content');
  await builder.copy('commit', copy.commit, from.start, to.start, structure, 'what makes the volume recognisable, written last');
  if (options.verify) builder.verify('commit');
  await relocate(context, builder, options.source, to, target);
  builder.notes.push(copy.note);
  builder.warnings.push(...sizeWarnings(copy.info?.size ?? from.size, to));
  builder.warnings.push(
    'source and target will hold filesystems with the same id: do not use both in one machine at the same time, they can destroy each other',
  );
  const title = `Clone ${from.name} of ${source.path} to ${to.name} of ${target.path}`;
  return { kind: 'plan', plan: builder.build(title, { id: 'disk-clone.clonePartition', input: { ...input } }, null) };
}

/** Where a volume lies on its device. @throws RefusedError when there is no such partition, or when it holds others */
async function locate(context: PluginContext, device: DeviceDescription, reference: VolumeRef): Promise<VolumePlace> {
  if (reference.partition === 0) return { start: 0, size: device.size, name: 'the whole device' };
  const layout = await context.devices.layout(reference.deviceId);
  const partition = layout.partitions.find((candidate) => candidate.number === reference.partition);
  if (!partition) {
    const numbers = layout.partitions.map((candidate) => candidate.number).join(', ');
    throw new RefusedError(`${device.path} has no partition ${reference.partition}`, {
      device: device.path,
      todo: numbers ? `It has ${numbers}.` : 'It has none; name the whole device by #0.',
    });
  }
  if (partition.role === 'extended') {
    throw new RefusedError(
      `partition ${partition.number} of ${device.path} is an extended partition, which holds other partitions`,
      { device: device.path },
    );
  }
  return { start: partition.start, size: partition.size, name: `partition ${partition.number}` };
}

/** Puts right what depends on the place: hidden sectors of boot records and their copies. */
async function relocate(
  context: PluginContext,
  builder: PlanBuilder,
  source: VolumeRef,
  to: VolumePlace,
  target: DeviceDescription,
): Promise<void> {
  const volume = await context.volumes.open(source);
  if (!volume) return;
  try {
    const { writes, warnings } = await volume.relocate({
      newStart: to.start,
      newSize: to.size,
      newSectorSize: target.sectorSize,
    });
    for (const write of writes) builder.write(write, to.start);
    builder.warnings.push(...warnings);
  } finally {
    await volume.close();
  }
}

function sizeWarnings(filesystemBytes: number, to: VolumePlace): string[] {
  if (filesystemBytes >= to.size) return [];
  return [
    `${to.name} of the target is ${formatBytes(to.size - filesystemBytes)} larger than the filesystem, which keeps its size until it is grown by its own tool`,
  ];
}
