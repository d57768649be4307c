import type { ByteRange } from '@diskwright/sdk/protocol';
import { readTolerantly } from '../../nodes/readTolerantly';
import { explainBySteps } from './explainBySteps';
import { ExplainedBytes } from './explainedBytes';
import type { JobTarget } from './jobTarget';

/**
 * The first byte of a range of a target, as an offset of the device, that is neither what stood there before the job nor what the
 * job writes there: somebody else has written it. Null when there is none; what cannot be read may be anything.
 * @param range is read at once
 * @param excused where nobody can say what stood before
 */
export async function firstUnexplained(
  target: JobTarget,
  range: ByteRange,
  excused: readonly ByteRange[],
  signal?: AbortSignal,
): Promise<number | null> {
  const { bytes: found, holes } = await readTolerantly(target.opened.node, range.offset, range.length, signal);
  const bytes = new ExplainedBytes(range.offset, found);
  for await (const piece of target.saved.within(target.name, range)) bytes.explain(piece.offset, piece.bytes);
  for (const hole of [...holes, ...excused]) bytes.excuse(hole);
  await explainBySteps(bytes, target, signal);
  return bytes.unexplained;
}
