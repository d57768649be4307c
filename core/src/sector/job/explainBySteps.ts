import type { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, CopyStep, Step } from '@diskwright/sdk/protocol';
import { writeLength } from '../../common/plan/index';
import type { OpenedNode } from '../contracts';
import { readTolerantly } from '../nodes/readTolerantly';
import type { StoredPlan } from '../plan/storedPlan';
import type { ExplainedBytes } from './explainedBytes';

/** What the steps of a plan are looked up in. */
export interface StepsOfDevice {
  stored: StoredPlan;
  /** The plan's name of the device. */
  device: string;
  sources: ReadonlyMap<string, OpenedNode>;
  signal?: AbortSignal;
}

/** Explains bytes of a target by what any step of the plan writes there; in which order, and whether it did, does not matter. */
export async function explainBySteps(bytes: ExplainedBytes, { stored, device, sources, signal }: StepsOfDevice): Promise<void> {
  for (const step of stored.plan.steps) {
    if (!writes(step, device)) continue;
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

/** Whether a step changes a device. */
export function writes(step: Step, device: string): step is Exclude<Step, { kind: 'verify' | 'assert' }> {
  return step.kind !== 'verify' && step.kind !== 'assert' && step.target.device === device;
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

/** What of extents, relative to `offset`, lies in the bytes, as ranges of the device. */
function* meeting(bytes: ExplainedBytes, offset: number, extents: ExtentList): Generator<ByteRange> {
  for (let index = extents.indexFrom(Math.max(0, bytes.offset - offset)); index < extents.count; index++) {
    const start = offset + extents.offsetAt(index);
    if (start >= bytes.end) return;
    const range = bytes.clip({ offset: start, length: extents.lengthAt(index) });
    if (range) yield range;
  }
}
