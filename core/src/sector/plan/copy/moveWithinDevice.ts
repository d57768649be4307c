import type { ExtentList } from '@diskwright/sdk/extents';
import { abortable, throwIfCancelled } from '../../../common/flow/abortable';
import { native } from '../../native';
import type { WritableNode } from '../../nodes/blockNode';
import type { ProgressMeter } from '../progressMeter';
import { HASH_BYTES, type PartResult, shortenHashes } from './copyPart';
import { type Chunk, CHUNK_BYTES, chunksOf, countChunks } from './parts';

/** A copy within one device whose ranges meet. Extents are relative to both offsets. */
export interface Move {
  node: WritableNode;
  sourceOffset: number;
  targetOffset: number;
  extents: ExtentList;
  progress: ProgressMeter;
  signal: AbortSignal | undefined;
  /** Called after everything up to here is on the medium: `moved` bytes, counted from where the move begins. */
  checkpoint(moved: number): Promise<void>;
}

/**
 * Moves bytes so that nothing is overwritten before it stands at its new place on the medium: away from the direction of the
 * shift, in pieces no longer than the shift, flushed before the bytes that they came from are touched. An unreadable sector ends
 * it: there is no second copy to fall back on.
 * @throws what the node throws, CancelledError
 */
export async function moveWithinDevice(move: Move): Promise<PartResult> {
  const { node, extents, sourceOffset, targetOffset, signal } = move;
  const shift = targetOffset - sourceOffset;
  const chunkBytes = Math.min(CHUNK_BYTES, Math.abs(shift));
  const hashes = Buffer.alloc(countChunks(extents, chunkBytes) * HASH_BYTES);
  let moved = 0;
  let unflushed = 0;
  const settle = async (): Promise<void> => {
    await abortable(node.flush(), signal);
    await move.checkpoint(moved);
    unflushed = 0;
  };
  for (const { index, offset, length } of shift > 0 ? descending(extents, chunkBytes) : chunksOf(extents, chunkBytes)) {
    throwIfCancelled(signal);
    if (unflushed + length > Math.abs(shift)) await settle();
    const bytes = await abortable(node.read(sourceOffset + offset, length, signal), signal);
    native.blake3(bytes).copy(hashes, index * HASH_BYTES);
    await abortable(node.write(targetOffset + offset, bytes, signal), signal);
    moved += length;
    unflushed += length;
    move.progress.advance(length);
  }
  await settle();
  return { holes: [], holeBytes: 0, chunkBytes, blake3: native.blake3(hashes), chunkHashes: shortenHashes(hashes) };
}

/** The chunks of {@link chunksOf} from the last to the first. */
function* descending(extents: ExtentList, chunkBytes: number): Generator<Chunk> {
  let index = countChunks(extents, chunkBytes);
  for (let i = extents.count - 1; i >= 0; i--) {
    const start = extents.offsetAt(i);
    const length = extents.lengthAt(i);
    for (let chunk = Math.ceil(length / chunkBytes) - 1; chunk >= 0; chunk--) {
      const at = chunk * chunkBytes;
      yield { index: --index, offset: start + at, length: Math.min(chunkBytes, length - at) };
    }
  }
}
