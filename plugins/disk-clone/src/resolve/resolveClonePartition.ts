import type { PluginContext } from '@diskwright/sdk';
import { formatBytes } from '@diskwright/sdk/plan';
import type { CommandInput, DeviceDescription, ResolveResult, VolumeRef } from '@diskwright/sdk/protocol';
import { checkVolumeFits, type VolumePlace } from '../fits';
import { locateVolume } from '../locateVolume';
import { checkDevices, type ClonePartitionOptions } from '../options';
import { SAME_FILESYSTEM_WARNING, sizeWarnings } from '../warnings';
import { copySummary } from './copySummary';
import { Judgement } from './judgement';

interface Located {
  reference: VolumeRef;
  device: DeviceDescription;
  place: VolumePlace;
}

/** Judges what a clone of a volume would do, as far as source and target are named. */
export async function resolveClonePartition(input: CommandInput, context: PluginContext): Promise<Partial<ResolveResult>> {
  const options = input as Partial<ClonePartitionOptions>;
  const judgement = new Judgement();
  const [source, target] = await Promise.all([
    locate(context, judgement, 'source', options.source),
    locate(context, judgement, 'target', options.target),
  ]);
  if (!source) return judgement.result();
  const fitting =
    target && (await judgement.attempt('target', () => (checkDevices(source.device, target.device, 'partition'), target)));
  const { device, place } = source;
  const volume = { start: place.start, size: place.size, sectorSize: device.sectorSize };
  const summary = await copySummary(context, source.reference, volume, place.name, options.allSectors ?? false);
  const where = target ? ` to ${target.place.name} of ${target.device.path}` : '';
  judgement.lines.push(`Copies ${formatBytes(summary.copiedBytes)} of ${place.name} of ${device.path}${where}.`, summary.note);
  if (fitting) {
    await judgement.attempt('target', () => checkVolumeFits(summary.neededBytes, source, fitting));
    judgement.warnings.push(...sizeWarnings(summary.filesystemBytes ?? place.size, fitting.place));
  }
  judgement.warnings.push(SAME_FILESYSTEM_WARNING);
  return judgement.result();
}

async function locate(
  context: PluginContext,
  judgement: Judgement,
  field: string,
  reference: VolumeRef | undefined,
): Promise<Located | null> {
  if (!reference) return null;
  const device = await context.devices.describe(reference.deviceId);
  const place = await judgement.attempt(field, () => locateVolume(context, device, reference));
  return place && { reference, device, place };
}
