import type { ByteRange, ExtentsRef, Plan } from '@diskwright/sdk/protocol';
import { extentsRefOf, writeLength } from '../../common/plan';
import type { SectorClient } from '../sector/sectorClient';

/**
 * Where a plan writes on one of its devices: a range a step, from its first byte to its last, whatever lies between.
 * @param device its name in the plan
 * @param sector holds the plan's side files
 */
export async function writtenRanges(plan: Plan, device: string, sector: SectorClient): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  for (const step of plan.steps) {
    if (!('target' in step) || step.target.device !== device) continue;
    const extents = extentsRefOf(step);
    const within = extents ? await bounds(extents, sector) : { offset: 0, length: lengthOf(step) };
    if (within.length > 0) ranges.push({ offset: step.target.offset + within.offset, length: within.length });
  }
  return ranges;
}

function lengthOf(step: Plan['steps'][number]): number {
  if (step.kind === 'write') return writeLength(step.bytes);
  return 'length' in step ? step.length : 0;
}

/** From the first extent of a list to the end of its last. */
async function bounds({ digest, count }: ExtentsRef, sector: SectorClient): Promise<ByteRange> {
  const extentAt = async (from: number): Promise<ByteRange | undefined> =>
    (await sector.request('extents/page', { digest, from, count: 1 })).extents[0];
  const [first, last] = count > 0 ? await Promise.all([extentAt(0), extentAt(count - 1)]) : [];
  if (!first || !last) return { offset: 0, length: 0 };
  return { offset: first.offset, length: last.offset + last.length - first.offset };
}
