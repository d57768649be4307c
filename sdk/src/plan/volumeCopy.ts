import { alignOutward, ExtentList, intersect, subtract, union } from '../extents/index';
import type { ByteRange, FilesystemInfo, VolumeRef } from '../protocol/types';
import type { PluginContext } from '../runtime/pluginContext';
import type { VolumeProxy } from '../runtime/volumeProxy';
import { formatBytes } from './formatBytes';
import { digestRanges } from './rangeDigest';
import { signatureWindows } from './signatureWindows';

/**
 * What is held back for the commit is cut out of the content in units of this: the pages of caches, the blocks of most filesystems
 * below a target, and the sectors that most media store in, whatever they say. Behind a smaller cut each request of a long extent
 * would begin and end within one, and cost another one to read what it leaves.
 */
const COMMIT_UNIT = 4096;

/** How one volume is copied. Extents are relative to the volume's start. */
export interface VolumeCopy {
  info: FilesystemInfo | null;
  /** Everything that is copied, the commit extents included. */
  extents: ExtentList;
  /** What makes the volume recognisable: withheld until the commit phase. */
  commit: ExtentList;
  /** Ranges and digest by which a change of the source is noticed. */
  generation: { ranges: ByteRange[]; digest: string };
  /** The least size that a target must have for it. */
  neededBytes: number;
  /** What is copied and why, for the plan's notes. */
  note: string;
}

/** Decides what of a volume of `size` bytes has to be copied; `name` is how the plan calls it. */
export async function planVolumeCopy(
  context: PluginContext,
  reference: VolumeRef,
  place: { start: number; size: number; sectorSize: number },
  name: string,
  allSectors: boolean,
): Promise<VolumeCopy> {
  const volume = await context.volumes.open(reference);
  try {
    return volume
      ? await planKnownVolume(context, volume, place, name, allSectors)
      : await planUnknownVolume(context, reference, place, name);
  } finally {
    await volume?.close();
  }
}

async function planKnownVolume(
  context: PluginContext,
  volume: VolumeProxy,
  place: { size: number; sectorSize: number },
  name: string,
  allSectors: boolean,
): Promise<VolumeCopy> {
  const [info, allocation, commitExtents, signatures, generation] = await Promise.all([
    volume.info(),
    volume.allocation(),
    volume.commitExtents(),
    volume.signatures(),
    volume.generation(),
  ]);
  const everything = ExtentList.fromRanges([{ offset: 0, length: place.size }]);
  const used = allocation.extents
    ? alignOutward(await context.extents.get(allocation.extents), place.sectorSize, place.size)
    : null;
  const extents = used && !allSectors ? used : everything;
  const marks = ExtentList.fromRanges([...commitExtents, ...signatures.map(({ offset, length }) => ({ offset, length }))]);
  const whole = union(extents, intersect(alignOutward(marks, place.sectorSize, place.size), everything));
  const commit = intersect(alignOutward(marks, Math.max(COMMIT_UNIT, place.sectorSize), place.size), whole);
  const what =
    used && !allSectors
      ? `used blocks, ${formatBytes(whole.covered)} of ${formatBytes(place.size)}`
      : `all sectors, ${formatBytes(place.size)}`;
  const why = allSectors ? ['as asked'] : allocation.reasons;
  return {
    info,
    extents: whole,
    commit,
    generation,
    neededBytes: extents === everything ? place.size : Math.max(info.size, whole.end),
    note: `${name} (${info.type}${info.label ? ` "${info.label}"` : ''}): ${what}${why.length > 0 ? `; ${why.join('; ')}` : ''}`,
  };
}

async function planUnknownVolume(
  context: PluginContext,
  reference: VolumeRef,
  place: { start: number; size: number; sectorSize: number },
  name: string,
): Promise<VolumeCopy> {
  const extents = ExtentList.fromRanges([{ offset: 0, length: place.size }]);
  const windows = signatureWindows(0, place.size);
  const lease = await context.devices.lease(reference.deviceId, { offset: place.start, length: place.size });
  try {
    const ranges = windows.map(({ offset, length }) => ({ offset, length: Math.min(length, 65536) }));
    return {
      info: null,
      extents,
      commit: ExtentList.fromRanges(windows),
      generation: { ranges, digest: await digestRanges(lease, ranges, context.signal) },
      neededBytes: place.size,
      note: `${name}: all sectors, ${formatBytes(place.size)}; no plugin knows what it holds`,
    };
  } finally {
    await lease.dispose();
  }
}

/** The part of a copy that runs before the commit. */
export const contentOf = (copy: VolumeCopy): ExtentList => subtract(copy.extents, copy.commit);

/** How plan steps call a volume: its name, with what is on it where that is known. */
export const structureOf = (name: string, { info }: VolumeCopy): string => (info ? `${name} (${info.type})` : name);
