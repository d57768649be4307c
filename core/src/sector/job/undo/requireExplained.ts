import { RefusedError } from '@diskwright/sdk/errors';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readTolerantly } from '../../nodes/readTolerantly';
import { CHUNK_BYTES, chunksOf } from '../../plan/copy/parts';
import { isHashOf } from '../../plan/verifyChanges';
import { copiedParts } from '../explain/copiedParts';
import { firstUnexplained } from '../explain/firstUnexplained';
import { isTouched } from '../explain/isTouched';
import type { JobTarget } from '../explain/jobTarget';

/**
 * Makes sure that ranges of a target hold nothing but what stood there before the job or what the job wrote there.
 * @throws RefusedError naming the first byte that is neither: somebody else has written it since
 */
export async function requireExplained(target: JobTarget, ranges: ExtentList, signal?: AbortSignal): Promise<void> {
  const rest = subtract(ranges, await asCopied(target, ranges, signal));
  for (const chunk of chunksOf(rest, CHUNK_BYTES)) {
    const unexplained = await firstUnexplained(target, chunk, [], signal);
    if (unexplained !== null) throw writtenSince(target.opened.node.path, unexplained);
  }
}

/**
 * The chunks in the ranges that are as the journal says that they were copied.
 * @throws RefusedError for one that is not, where nothing else can tell why: no other step changes it, and there is no source to compare it with
 */
async function asCopied(target: JobTarget, ranges: ExtentList, signal?: AbortSignal): Promise<ExtentList> {
  const same: ByteRange[] = [];
  for (const { step, recorded, extents, chunkBytes } of copiedParts(target)) {
    // Without hashes it is compared with the source.
    if (recorded.blake3 === '') continue;
    const hashes = await target.folder.hashes.read(recorded.hashes.position, recorded.hashes.length);
    for (const chunk of chunksOf(extents, chunkBytes)) {
      const range = { offset: step.target.offset + chunk.offset, length: chunk.length };
      if (!ranges.meets(range)) continue;
      const { bytes, holes } = await readTolerantly(target.opened.node, range.offset, range.length, signal);
      if (isHashOf(hashes, chunk, bytes)) same.push(range);
      else if (holes.length === 0 && !target.sources.has(step.source.device) && !isTouched(target, step, range))
        throw writtenSince(target.opened.node.path, range.offset, range.length);
    }
  }
  return ExtentList.fromRanges(same);
}

/** @param length of what is known to hold something else, which need not begin at its start */
function writtenSince(device: string, offset: number, length?: number): RefusedError {
  const place = length === undefined ? `at ${offset}` : `in the ${length} bytes from ${offset} on`;
  return new RefusedError(`${device}: what stands ${place} was neither there before the job nor written by it`, {
    device,
    offset,
    ...(length !== undefined && { length }),
    todo: 'Somebody has written to it since; an undo would destroy that.',
  });
}
