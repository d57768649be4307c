import { FailedError } from '@diskwright/sdk/errors';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange, ExtentsRef, Plan } from '@diskwright/sdk/protocol';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type PlanSideFiles, sha256, writeLength } from '../../common/plan/index';
import { abortable } from '../../common/flow/abortable';
import type { BlockNode } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import type { ProgressMeter } from '../plan/progressMeter';
import type { JobFolder } from './jobFolder';

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
 * with an extent list clears.
 */
export function preImageRanges(plan: Plan, sideFiles: PlanSideFiles, target: string): PreImageRanges {
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
  return { ...limit(subtract(ExtentList.fromRanges(short), copied), ExtentList.fromRanges(long)), unused };
}

/**
 * Saves what stands in the ranges now, into the job's folder. On the medium when it resolves.
 * @returns digest of the index, and how many bytes were saved
 * @throws FailedError when there is no room; DeviceGoneError, CancelledError
 */
export async function savePreImages(
  folder: JobFolder,
  targets: readonly { name: string; node: BlockNode; ranges: PreImageRanges }[],
  progress: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<{ index: string; bytes: number }> {
  const index: PreImageIndex = { format: 'diskwright-preimages/1', devices: [] };
  const file = await open(join(folder.path, 'preimages'), 'wx', 0o600);
  let position = 0;
  try {
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
          await append(file, bytes);
          progress.advance(count);
        }
        position += length;
      }
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  const bytes = canonicalJson(index);
  await folder.replaceFile('preimages.index', bytes);
  return { index: sha256(bytes), bytes: position };
}

async function append(file: FileHandle, bytes: Buffer): Promise<void> {
  await file.appendFile(bytes).catch((error: Error) => {
    throw new FailedError(`what stands on the target cannot be saved: ${error.message}`, {
      todo: 'Make room on the disk that holds the data folder.',
    });
  });
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
