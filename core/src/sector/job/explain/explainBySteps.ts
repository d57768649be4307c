import type { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, CopyStep } from '@diskwright/sdk/protocol';
import { writeLength } from '../../../common/plan/index';
import type { OpenedNode } from '../../contracts';
import { readTolerantly } from '../../nodes/readTolerantly';
import { stepsOn } from '../overwritten';
import type { ExplainedBytes } from './explainedBytes';
import type { JobTarget } from './jobTarget';

/** Explains bytes of a target by what any step of the plan writes there; in which order, and whether it did, does not matter. */
export async function explainBySteps(
  bytes: ExplainedBytes,
  { stored, name, sources }: Pick<JobTarget, 'stored' | 'name' | 'sources'>,
  signal?: AbortSignal,
): Promise<void> {
  for (const step of stepsOn(stored.plan, { name })) {
    const { offset } = step.target;
    if (step.kind === 'write') {
      if (!bytes.clip({ offset, length: writeLength(step.bytes) })) continue;
      let at = offset;
      for await (const chunk of stored.sideFiles.bytes(step.bytes, signal)) {
        bytes.explain(at, chunk);
        at += chunk.length;
      }
    } else if (step.kind === 'copy') {
      for (const range of meeting(bytes, offset, stored.sideFiles.extents(step.extents))) {
        await explainCopy(bytes, step, range, sources, signal);
      }
    } else {
      for (const range of meeting(bytes, offset, stored.sideFiles.area(step))) {
        if (step.kind === 'zero') bytes.explainZeros(range);
        else bytes.excuse(range);
      }
    }
  }
}

async function explainCopy(
  bytes: ExplainedBytes,
  step: CopyStep,
  range: ByteRange,
  sources: ReadonlyMap<string, OpenedNode>,
  signal?: AbortSignal,
): Promise<void> {
  const source = sources.get(step.source.device);
  // Within one device the copy may have been overwritten, or its source.
  if (!source) return bytes.excuse(range);
  const from = range.offset - step.target.offset + step.source.offset;
  const { bytes: copied } = await readTolerantly(source.node, from, range.length, signal);
  bytes.explain(range.offset, copied);
  bytes.explainZeros(range);
}

/** What of extents, relative to `targetOffset`, lies in the bytes, as ranges of the device. */
function* meeting(bytes: ExplainedBytes, targetOffset: number, extents: ExtentList): Generator<ByteRange> {
  const relative = { offset: bytes.offset - targetOffset, length: bytes.end - bytes.offset };
  for (const { offset, length } of extents.within(relative)) yield { offset: targetOffset + offset, length };
}
