import { RefusedError } from '@diskwright/sdk/errors';
import { type ExtentList, union } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { abortable } from '../../common/flow/abortable';
import { forEachInFlight } from '../../common/flow/forEachInFlight';
import { canonicalJson, sha256 } from '../../common/plan/index';
import { native } from '../native';
import type { BlockNode } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import { CHUNK_BYTES, chunksOf } from '../plan/copy/parts';
import type { ProgressMeter } from '../plan/progressMeter';
import type { StoredPlan } from '../plan/storedPlan';
import type { JobFiles, SparseFile } from './jobFiles';
import { overwrittenRanges, structureRanges } from './overwritten';

/** So much of a target lies in one file: no filesystem has files of any size. */
export const SEGMENT_BYTES = 1024 ** 4;
const IN_FLIGHT = 4;

/**
 * `preimages.index`: what is saved of each target. The bytes at `offset` of the target number `n` stand in the file
 * {@link segmentName} at the same place within its segment; what is all zeros is a hole there.
 */
export interface PreImageIndex {
  format: 'diskwright-preimages/2';
  devices: {
    name: string;
    /** The extent list of what is saved, as `preimages-<n>.extents`; SHA-256 of it. */
    extents: string;
    /** What could not be read, and stands as zeros. */
    unreadable: ByteRange[];
  }[];
}

/** A file of pre-images: of segment `segment` of the target number `device`. */
export function segmentName(device: number, segment: number): string {
  return `preimages-${device}-${segment}`;
}

export function extentsName(device: number): string {
  return `preimages-${device}.extents`;
}

/** What is saved of a target before it is written. */
export interface TargetPreImages {
  name: string;
  node: BlockNode;
  saved: ExtentList;
  /** What is overwritten and not saved. */
  lostBytes: number;
}

/** What to save of a target: its structures, and with a budget everything that will be overwritten. */
export function targetPreImages({ plan, sideFiles }: StoredPlan, name: string, node: BlockNode, budget: number): TargetPreImages {
  const target = { name, size: node.size, sectorSize: node.sectorSize };
  const structures = structureRanges(plan, sideFiles, target);
  const overwritten = overwrittenRanges(plan, sideFiles, target);
  const all = union(structures, overwritten);
  const saved = budget > 0 ? all : structures;
  return { name, node, saved, lostBytes: all.covered - saved.covered };
}

/**
 * Saves what stands in the ranges now, into the job's folder. On the medium when it resolves.
 * @param budget bytes, zeros apart, that may be saved in all; 0 when only the structures are saved, of whatever size
 * @returns digest of the index, and how many bytes were saved
 * @throws FailedError when there is no room; RefusedError when the budget is too small; DeviceGoneError, CancelledError
 */
export async function savePreImages(
  files: JobFiles,
  targets: readonly TargetPreImages[],
  budget: number,
  progress: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<{ index: string; bytes: number }> {
  const index: PreImageIndex = { format: 'diskwright-preimages/2', devices: [] };
  const saving = new Saving(files, budget);
  try {
    for (const [number, { name, node, saved }] of targets.entries()) {
      const unreadable: ByteRange[] = [];
      await forEachInFlight(chunksOf(saved, CHUNK_BYTES), IN_FLIGHT, async ({ offset, length }) => {
        await progress.gate.pass(signal);
        const { bytes, holes } = await abortable(readTolerantly(node, offset, length, signal), signal);
        unreadable.push(...holes);
        await saving.put(number, node.size, offset, bytes);
        progress.advance(length);
      });
      await files.replace(extentsName(number), saved.blob);
      const inOrder = unreadable.sort((a, b) => a.offset - b.offset);
      index.devices.push({ name, extents: sha256(saved.blob), unreadable: inOrder });
    }
    await saving.sync();
  } finally {
    await saving.close();
  }
  const bytes = canonicalJson(index);
  await files.replace('preimages.index', bytes);
  return { index: sha256(bytes), bytes: saving.bytes };
}

class Saving {
  bytes = 0;
  private readonly segments = new Map<string, Promise<SparseFile>>();

  constructor(
    private readonly files: JobFiles,
    private readonly budget: number,
  ) {}

  async put(device: number, size: number, offset: number, bytes: Buffer): Promise<void> {
    const segment = Math.floor(offset / SEGMENT_BYTES);
    const start = segment * SEGMENT_BYTES;
    // A chunk may lie across the end of a segment.
    const here = bytes.subarray(0, Math.min(bytes.length, start + SEGMENT_BYTES - offset));
    const file = await this.open(segmentName(device, segment), Math.min(SEGMENT_BYTES, size - start));
    if (!native.isZero(here)) {
      this.bytes += here.length;
      if (this.budget > 0 && this.bytes > this.budget) throw overBudget(this.budget);
      await file.write(offset - start, here);
    }
    if (here.length < bytes.length) await this.put(device, size, offset + here.length, bytes.subarray(here.length));
  }

  async sync(): Promise<void> {
    for (const file of this.segments.values()) await (await file).sync();
  }

  async close(): Promise<void> {
    for (const opened of this.segments.values()) await opened.then((file) => file.close()).catch(() => undefined);
  }

  /** Anew: what an earlier run has begun to save is of no use. */
  private open(name: string, size: number): Promise<SparseFile> {
    const known = this.segments.get(name);
    if (known) return known;
    const opened = this.files.openSparse(name, size);
    this.segments.set(name, opened);
    return opened;
  }
}

function overBudget(budget: number): RefusedError {
  return new RefusedError(`what the job would overwrite is more than the ${budget} bytes that may be saved for an undo`, {
    todo: 'Let more be saved (--undo-budget), or only structures. Nothing was written.',
  });
}
