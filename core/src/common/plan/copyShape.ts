import type { CopyStep } from '@diskwright/sdk/protocol';
import type { ExtentList } from '@diskwright/sdk/extents';

const HEADER_BYTES = 16;

/**
 * In which order a copy must go so that it never reads what it has already overwritten: `any` between two devices and where its
 * ranges do not meet, otherwise away from the direction of the shift.
 */
export type CopyOrder = 'any' | 'ascending' | 'descending';

/** How far a copy moves its bytes; negative towards the device's start. */
export function shiftOf(step: Pick<CopyStep, 'source' | 'target'>): number {
  return step.target.offset - step.source.offset;
}

/** The order for a copy step with these extents. A piece must then be no longer than the shift. */
export function copyOrder(step: Pick<CopyStep, 'source' | 'target'>, extents: ExtentList): CopyOrder {
  if (step.source.device !== step.target.device) return 'any';
  const shift = shiftOf(step);
  if (shift === 0 || !meetsShifted(extents, Math.abs(shift))) return 'any';
  return shift > 0 ? 'descending' : 'ascending';
}

/** Whether every offset and length is a multiple of `alignment`, a power of two of at most 2^31. */
export function extentsAligned(extents: ExtentList, alignment: number): boolean {
  const words = new Uint32Array(extents.blob.buffer, extents.blob.byteOffset + HEADER_BYTES, extents.count * 4);
  let bits = 0;
  // The low words tell everything: the high ones are multiples of 2^32.
  for (let at = 0; at < words.length; at += 4) bits |= words[at]! | words[at + 2]!;
  return (bits & (alignment - 1)) === 0;
}

/** Whether any extent meets any extent of the same list moved up by `shift` bytes. */
function meetsShifted(extents: ExtentList, shift: number): boolean {
  let moved = 0;
  for (let index = 0; index < extents.count; index++) {
    while (moved < extents.count && extents.endAt(moved) + shift <= extents.offsetAt(index)) moved++;
    if (moved < extents.count && extents.offsetAt(moved) + shift < extents.endAt(index)) return true;
  }
  return false;
}
