import { RefusedError } from '@diskwright/sdk/errors';
import { ExtentList, intersect, subtract } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { OpenedNode } from '../../contracts';
import { readTolerantly } from '../../nodes/readTolerantly';
import { orderedParts } from '../../plan/copy/orderedParts';
import { CHUNK_BYTES, chunksOf } from '../../plan/copy/parts';
import type { StoredPlan } from '../../plan/storedPlan';
import { isHashOf } from '../../plan/verifyChanges';
import { explainBySteps } from '../explainBySteps';
import { ExplainedBytes } from '../explainedBytes';
import type { JobFolder } from '../jobFolder';
import { stepsOn } from '../overwritten';
import type { SavedPreImages } from '../savedPreImages';

/** A target of a job that is to be undone, with what is known of it. */
export interface JobTarget {
  folder: JobFolder;
  stored: StoredPlan;
  saved: SavedPreImages;
  /** The plan's name of it. */
  name: string;
  opened: OpenedNode;
  /** Those of the plan's sources that are there; what came from the others is known by its hashes alone. */
  sources: ReadonlyMap<string, OpenedNode>;
}

/**
 * Makes sure that ranges of a target hold nothing but what stood there before the job or what the job wrote there.
 * @throws RefusedError naming the first byte that is neither: somebody else has written it since
 */
export async function requireExplained(target: JobTarget, ranges: ExtentList, signal?: AbortSignal): Promise<void> {
  const rest = subtract(ranges, await asCopied(target, ranges, signal));
  for (const { offset, length } of chunksOf(rest, CHUNK_BYTES)) {
    const range = { offset, length };
    const { bytes: found, holes } = await readTolerantly(target.opened.node, offset, length, signal);
    const bytes = new ExplainedBytes(offset, found);
    for await (const piece of target.saved.within(target.name, range)) bytes.explain(piece.offset, piece.bytes);
    for (const hole of holes) bytes.excuse(hole);
    const { stored, name: device, sources } = target;
    await explainBySteps(bytes, { stored, device, sources, ...(signal && { signal }) });
    const { unexplained } = bytes;
    if (unexplained !== null) throw writtenSince(target.opened.node.path, unexplained);
  }
}

/** The chunks in the ranges that are as the journal says that they were copied. */
async function asCopied(
  { folder, stored, name, opened, sources }: JobTarget,
  ranges: ExtentList,
  signal?: AbortSignal,
): Promise<ExtentList> {
  const same: ByteRange[] = [];
  for (const step of stepsOn(stored.plan, { name })) {
    const parts = folder.history.partsOf(stored.plan.steps.indexOf(step));
    // What was moved within the device may have been overwritten by its own move.
    if (step.kind !== 'copy' || parts.length === 0) continue;
    let number = 0;
    const source = sources.get(step.source.device)?.node ?? opened.node;
    for (const { extents, chunkBytes } of orderedParts(
      step,
      source,
      stored.sideFiles.extents(step.extents),
      folder.history.partBytes!,
    )) {
      const part = parts[number++];
      if (!part) break;
      const hashes = await folder.hashes.read(part.hashes.position, part.hashes.length);
      for (const chunk of chunksOf(extents, chunkBytes)) {
        const range = { offset: step.target.offset + chunk.offset, length: chunk.length };
        if (intersect(ranges, ExtentList.fromRanges([range])).count === 0) continue;
        const { bytes } = await readTolerantly(opened.node, range.offset, range.length, signal);
        if (isHashOf(hashes, chunk, bytes)) same.push(range);
      }
    }
  }
  return ExtentList.fromRanges(same);
}

function writtenSince(device: string, offset: number): RefusedError {
  return new RefusedError(`${device}: what stands at ${offset} was neither there before the job nor written by it`, {
    device,
    offset,
    todo: 'Somebody has written to it since; an undo would destroy that.',
  });
}
