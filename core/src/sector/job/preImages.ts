import { ExtentList, subtract, union } from '@diskwright/sdk/extents';
import type { ByteRange, ExtentsRef, Plan } from '@diskwright/sdk/protocol';
import { canonicalJson, type PlanSideFiles, sha256, writeLength } from '../../common/plan/index';
import { abortable } from '../../common/flow/abortable';
import type { BlockNode } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import type { ProgressMeter } from '../plan/progressMeter';
import { endRanges } from '../identity';
import type { JobFiles } from './jobFiles';

/** Longer ranges (a disk that is zeroed) are not kept: what an undo brings back are structures, not content. */
const MAX_RANGE_BYTES = 16 * 1024 * 1024;
const MAX_TOTAL_BYTES = 128 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** `preimages.index`: which bytes of which target lie where in `preimages`. */
export interface PreImageIndex {
  format: 'diskwright-preimages/1';
  devices: {
    name: string;
    ranges: { offset: number; length: number; position: number }[];
    /** What could not be read, and stands as zeros. */
    unreadable: ByteRange[];
    /** What was too long to be kept. */
    omitted: ByteRange[];
    /** Free space that was cleared, which is never kept: extent lists among the plan's side files, relative to `offset`. */
    unused: UnusedArea[];
  }[];
}

/** Extents that a step clears since nothing is to lie there. */
export interface UnusedArea {
  offset: number;
  extents: ExtentsRef;
}

/** What of a target is to be saved before it is written. */
export interface PreImageRanges {
  saved: ExtentList;
  omitted: ExtentList;
  unused: UnusedArea[];
}

/**
 * The ranges of a target that the plan overwrites with structures: everything that it writes, zeroes and discards, and what it
 * copies when committing, but neither where content is copied to, which an undo cannot bring back, nor the free space that a step
 * with an extent list clears. Both ends of the target are always among them: by those a resumed job knows it again.
 */
export function preImageRanges(plan: Plan, sideFiles: PlanSideFiles, target: string, size: number): PreImageRanges {
  const overwritten: ByteRange[] = [];
  const content: ByteRange[] = [];
  const unused: UnusedArea[] = [];
  for (const step of plan.steps) {
    if (step.kind === 'verify' || step.kind === 'assert' || step.target.device !== target) continue;
    const { offset } = step.target;
    if (step.kind === 'write') overwritten.push({ offset, length: writeLength(step.bytes) });
    else if (step.kind !== 'copy' && step.extents) unused.push({ offset, extents: step.extents });
    else if (step.kind !== 'copy') overwritten.push({ offset, length: step.length });
    else {
      const list = step.phase === 'commit' ? overwritten : content;
      for (const extent of sideFiles.extents(step.extents)) list.push({ offset: offset + extent.offset, length: extent.length });
    }
  }
  const copied = ExtentList.fromRanges(content);
  const short = overwritten.filter((range) => range.length <= MAX_RANGE_BYTES);
  const long = overwritten.filter((range) => range.length > MAX_RANGE_BYTES);
  const ends = ExtentList.fromRanges(endRanges(size));
  const structures = union(subtract(ExtentList.fromRanges(short), copied), ends);
  return { ...limit(structures, subtract(ExtentList.fromRanges(long), ends)), unused };
}

/**
 * Saves what stands in the ranges now, into the job's folder. On the medium when it resolves.
 * @returns digest of the index, and how many bytes were saved
 * @throws FailedError when there is no room; DeviceGoneError, CancelledError
 */
export async function savePreImages(
  files: JobFiles,
  targets: readonly { name: string; node: BlockNode; ranges: PreImageRanges }[],
  progress: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<{ index: string; bytes: number }> {
  const index: PreImageIndex = { format: 'diskwright-preimages/1', devices: [] };
  const file = await files.openAppend('preimages');
  let position = 0;
  try {
    // What an earlier run began to save: nothing was written since.
    if (file.size > 0) await file.truncate(0);
    for (const { name, node, ranges } of targets) {
      const { unused } = ranges;
      const device: PreImageIndex['devices'][number] = { name, ranges: [], unreadable: [], omitted: [...ranges.omitted], unused };
      index.devices.push(device);
      for (const { offset, length } of ranges.saved) {
        device.ranges.push({ offset, length, position });
        for (let done = 0; done < length; done += CHUNK_BYTES) {
          const count = Math.min(CHUNK_BYTES, length - done);
          const { bytes, holes } = await abortable(readTolerantly(node, offset + done, count, signal), signal);
          device.unreadable.push(...holes);
          await file.append(bytes);
          progress.advance(count);
        }
        position += length;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const bytes = canonicalJson(index);
  await files.replace('preimages.index', bytes);
  return { index: sha256(bytes), bytes: position };
}

/** Keeps ranges until the total is reached. */
function limit(ranges: ExtentList, omitted: ExtentList): Pick<PreImageRanges, 'saved' | 'omitted'> {
  const saved: ByteRange[] = [];
  const left: ByteRange[] = [...omitted];
  let total = 0;
  for (const range of ranges) {
    const fits = total + range.length <= MAX_TOTAL_BYTES;
    (fits ? saved : left).push(range);
    if (fits) total += range.length;
  }
  return { saved: ExtentList.fromRanges(saved), omitted: ExtentList.fromRanges(left) };
}
