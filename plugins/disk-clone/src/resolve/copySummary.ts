import type { PluginContext } from '@diskwright/sdk';
import { planVolumeCopy } from '@diskwright/sdk/plan';
import type { VolumeRef } from '@diskwright/sdk/protocol';

/** What of a volume would be copied. */
export interface CopySummary {
  copiedBytes: number;
  /** The least size that a target must have for it. */
  neededBytes: number;
  /** Size of the filesystem; null where nobody knows it. */
  filesystemBytes: number | null;
  /** What is copied and why, a sentence. */
  note: string;
}

/** Inputs are judged at every key that is pressed; a volume's allocation may take seconds. */
const known = new Map<string, CopySummary>();
const MAX_KNOWN = 256;

/** What the plan would say of a volume, remembered as long as the volume's generation stays the same. */
export async function copySummary(
  context: PluginContext,
  reference: VolumeRef,
  place: { start: number; size: number; sectorSize: number },
  name: string,
  allSectors: boolean,
): Promise<CopySummary> {
  const generation = await generationOf(context, reference);
  const key = JSON.stringify([reference, place, name, allSectors, generation]);
  const before = generation === null ? undefined : known.get(key);
  if (before) return before;
  const { extents, info, neededBytes, note } = await planVolumeCopy(context, reference, place, name, allSectors);
  const summary = { copiedBytes: extents.covered, neededBytes, filesystemBytes: info?.size ?? null, note };
  known.set(key, summary);
  if (known.size > MAX_KNOWN) known.delete(known.keys().next().value!);
  return summary;
}

/** Null where nobody knows the volume: looking at it again is quick then. */
async function generationOf(context: PluginContext, reference: VolumeRef): Promise<string | null> {
  const volume = await context.volumes.open(reference);
  try {
    return (await volume?.generation())?.digest ?? null;
  } finally {
    await volume?.close();
  }
}
