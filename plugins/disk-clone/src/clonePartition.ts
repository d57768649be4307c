import type { PluginContext } from '@diskwright/sdk';
import { complement, shift } from '@diskwright/sdk/extents';
import { contentOf, PlanBuilder, planVolumeCopy, signatureWindows, structureOf } from '@diskwright/sdk/plan';
import type { CommandInput, CommandResult, DeviceDescription, VolumeRef } from '@diskwright/sdk/protocol';
import { checkVolumeFits, type VolumePlace } from './fits';
import { locateVolume } from './locateVolume';
import { checkDevices, clonePartitionOptions } from './options';
import { SAME_FILESYSTEM_WARNING, sizeWarnings } from './warnings';

/** Makes the plan that copies one volume into a partition that is there already. Only that partition is written. */
export async function clonePartition(input: CommandInput, context: PluginContext): Promise<CommandResult> {
  const options = clonePartitionOptions(input);
  const [source, target] = await Promise.all([
    context.devices.describe(options.source.deviceId),
    context.devices.describe(options.target.deviceId),
  ]);
  checkDevices(source, target, 'partition');
  const [from, to] = await Promise.all([
    locateVolume(context, source, options.source),
    locateVolume(context, target, options.target),
  ]);
  const builder = new PlanBuilder(context, source, target);
  const place = { start: from.start, size: from.size, sectorSize: source.sectorSize };
  const copy = await planVolumeCopy(context, options.source, place, from.name, options.allSectors);
  checkVolumeFits(copy.neededBytes, { device: source, place: from }, { device: target, place: to });
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
  builder.warnings.push(SAME_FILESYSTEM_WARNING);
  const title = `Clone ${from.name} of ${source.path} to ${to.name} of ${target.path}`;
  return { kind: 'plan', plan: builder.build(title, { id: 'disk-clone.clonePartition', input: { ...input } }, null) };
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
