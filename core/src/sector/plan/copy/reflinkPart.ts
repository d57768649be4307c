import { throwIfCancelled } from '../../../common/flow/abortable';
import { native } from '../../native';
import { descriptionOf } from '../../nodes/keptDescriptions';
import { systemError } from '../../nodes/nodeErrors';
import type { PartCopy, PartResult } from './copyPart';

/**
 * Makes a part share the source's blocks instead of copying it; null where that is not to be had for all of it, which then has to be
 * copied whole: devices, other filesystems, extents that are no whole blocks.
 * @throws what the filesystem reports, such as that it is full; CancelledError
 */
export async function reflinkPart(part: PartCopy): Promise<PartResult | null> {
  const { from, to, extents, progress, signal } = part;
  if (!from || !to || [from, to].some(({ descriptor }) => descriptionOf(descriptor).kind !== 'file')) return null;
  // What cannot be read must not be shared as if it could.
  if (part.suspects.count > 0 || part.givenUp.count > 0) return null;
  const [source, target] = [part.sourceOffset + from.delta, part.targetOffset + to.delta];
  let done = 0;
  for (const { offset, length } of extents) {
    throwIfCancelled(signal);
    await progress.gate.pass(signal);
    const shared = await native
      .cloneRange(from.descriptor, source + offset, to.descriptor, target + offset, length)
      .catch((error: unknown) => {
        const at = { offset: part.targetOffset + offset, length };
        throw systemError(error, { device: part.target.path, verb: 'share blocks with', ...at });
      });
    if (!shared) {
      progress.advance(-done);
      return null;
    }
    done += length;
    progress.advance(length);
  }
  const none = Buffer.alloc(0);
  return { holes: [], holeBytes: 0, bytesUnchanged: 0, blake3: none, chunkHashes: none, reflinked: true };
}
