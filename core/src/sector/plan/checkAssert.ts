import { StaleError } from '@diskwright/sdk/errors';
import type { AssertStep } from '@diskwright/sdk/protocol';
import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../../common/flow/abortable';
import type { BlockNode } from '../nodes/blockNode';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Holds when the ranges of an `assert` step, one after the other, hash to its digest.
 * @throws StaleError naming the device and the first range when they do not
 */
export async function checkAssert(step: AssertStep, node: BlockNode, signal?: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  for (const range of step.ranges) {
    for (let done = 0; done < range.length; done += CHUNK_BYTES) {
      throwIfCancelled(signal);
      const length = Math.min(CHUNK_BYTES, range.length - done);
      hash.update(await node.read(step.device.offset + range.offset + done, length, signal));
    }
  }
  if (hash.digest('hex') === step.digest) return;
  const first = step.ranges[0];
  throw new StaleError(`${node.path} has changed since the plan was made: ${step.structure} is not what it was`, {
    device: node.path,
    offset: step.device.offset + (first?.offset ?? 0),
    length: first?.length ?? 0,
    todo: 'Make a new plan.',
  });
}
