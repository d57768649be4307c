import { ok } from 'node:assert/strict';
import type { BlockSource } from '../block/index';
import { pluginMessages, type PluginRequestMethod } from '../protocol/index';
import type { ByteRange } from '../protocol/types';
import type { AllocationResult, Filesystem } from '../provider/index';
import { describeInvalid } from '../rpc/validation';

/** @throws AssertionError saying what is wrong when the host would not take `answer` as one to `method` */
function checkAnswer(method: PluginRequestMethod, answer: unknown): void {
  const validate = pluginMessages[method]?.validateResult;
  const invalid = validate ? describeInvalid(validate, answer) : `there is no ${method}`;
  ok(invalid === null, `${method} is answered wrongly: ${invalid}`);
}

/**
 * Asks an open filesystem for all that every one answers. However damaged the volume is, the host must be able to take the answers, and what they speak of
 * must lie on the volume; for the `run` of `fuzzParser`.
 * @throws AssertionError saying what does not hold; what the filesystem throws
 */
export async function checkAnswers(filesystem: Filesystem, { size }: BlockSource, signal: AbortSignal): Promise<void> {
  checkAnswer('filesystem/info', await filesystem.info(signal));
  checkAllocation(await filesystem.allocation(signal), size);
  checkInside(await filesystem.commitExtents(signal), size, 'commit extent');
  checkInside(await filesystem.signatures(signal), size, 'signature');
  checkAnswer('filesystem/generation', await filesystem.generation(signal));
  for await (const structure of filesystem.structures(signal)) checkInside([structure], size, `structure ${structure.name}`);
  checkAnswer('filesystem/check', { findings: await filesystem.check(signal) });
}

/** @throws AssertionError when an allocation contradicts itself or reaches beyond the volume's `size` */
export function checkAllocation({ confidence, extents, reasons }: AllocationResult, size: number): void {
  ok(
    (confidence === 'unknown') === (extents === null),
    `an allocation that is ${confidence} ${extents ? 'has' : 'has no'} extents`,
  );
  ok((confidence === 'exact') === (reasons.length === 0), `an allocation that is ${confidence} gives ${reasons.length} reasons`);
  if (extents) checkInside(extents, size, 'allocated extent');
}

/** @throws AssertionError naming `what` has a range that is empty or not on the volume of `size` bytes */
export function checkInside(ranges: Iterable<ByteRange>, size: number, what: string): void {
  for (const { offset, length } of ranges) {
    const inside = offset >= 0 && length > 0 && offset <= size - length;
    ok(inside, `${what} at ${offset}, ${length} bytes, lies outside of the volume of ${size} bytes`);
  }
}
