import { CancelledError } from '@diskwright/sdk/errors';
import { native } from '../native';
import type { CopiedExtents } from './changes';
import { jobError, noteRequests, requestsAtOnce, stuckOn } from './copy/copyNative';
import { type Chunk, chunksOf } from './copy/parts';
import type { DeviceDescriptor } from './copy/transfers';
import type { JobSample } from './progressMeter';
import type { Verification } from './verifyChanges';

/** Chunks that differ, in order; `complete` when these are all. */
export interface NativeMismatches {
  mismatches: Chunk[];
  complete: boolean;
}

/**
 * Compares copied extents with their hashes by the native engine.
 * @throws MediaError when the target cannot be read back; CancelledError
 */
export async function verifyNative(
  copied: CopiedExtents,
  chunkHashes: Buffer,
  target: DeviceDescriptor,
  { target: node, progress, signal }: Verification,
): Promise<NativeMismatches> {
  const job = new native.VerifyJob({
    targetFd: target.descriptor,
    extents: copied.extents.blob,
    targetOffset: copied.targetOffset + target.delta,
    chunkBytes: copied.chunkBytes,
    inFlight: requestsAtOnce(target),
    chunkHashes,
  });
  const cancel = (): void => job.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted) job.cancel();
    const sides = { target: { path: node.path, ...target } };
    const sample = (): JobSample => {
      const { readBytes, limit, stuck } = job.progress();
      return { bytes: readBytes, limit, stuck: stuckOn(sides, stuck) };
    };
    const result = await progress.follow(sample, (isPaused) => job.pause(isPaused), job.done);
    noteRequests(sides, job, result, progress);
    if (result.state === 'cancelled') throw new CancelledError();
    if (result.error) throw jobError('read back', node.path, target.delta, result.error);
    const wanted = new Set(result.mismatches.map(({ offset }) => offset - target.delta - copied.targetOffset));
    return { mismatches: chunksAt(copied, wanted), complete: result.mismatchCount <= result.mismatches.length };
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function chunksAt(copied: CopiedExtents, offsets: ReadonlySet<number>): Chunk[] {
  const chunks: Chunk[] = [];
  if (offsets.size === 0) return chunks;
  for (const chunk of chunksOf(copied.extents, copied.chunkBytes)) if (offsets.has(chunk.offset)) chunks.push(chunk);
  return chunks;
}
