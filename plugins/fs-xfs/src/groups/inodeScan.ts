import { readOrNull, readSalvaged } from '@diskwright/sdk/files';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { InodeRecord } from '../files/inodeRecord';
import { inodeOffset } from '../geometry';
import type { XfsVolume } from '../volume';
import { chunksOf, runsOf, type InodeChunk } from './inodeChunks';

const READ_BYTES = 1024 * 1024;
const READS_AHEAD = 4;

/** Inodes that lie side by side, and which of them are in use. */
interface InodeRun {
  number: number;
  isUsed: boolean[];
  bytes: Promise<Buffer | null>;
}

/**
 * All inodes in use, in pieces of up to 1 MiB, those of the groups near `nearGroup` first: files lie near their directories. What cannot be read is left
 * out, down to the sector; a group whose tree of inodes is damaged counts as far as that goes.
 */
export async function* scanInodes(
  volume: XfsVolume,
  nearGroup: number,
  signal: AbortSignal,
): AsyncGenerator<InodeRecord[], void, undefined> {
  const ahead: InodeRun[] = [];
  const runs = inodeRuns(volume, nearGroup, signal);
  for (let isOver = false; !isOver || ahead.length > 0;) {
    while (!isOver && ahead.length < READS_AHEAD) {
      const next = await runs.next();
      if (next.done) isOver = true;
      else ahead.push(next.value);
    }
    const run = ahead.shift();
    if (run) yield recordsIn(volume, run, await run.bytes);
  }
}

function recordsIn({ geometry: { inodeSize } }: XfsVolume, run: InodeRun, bytes: Buffer | null): InodeRecord[] {
  const records: InodeRecord[] = [];
  for (let index = 0; bytes && index < run.isUsed.length; index++) {
    if (!run.isUsed[index]) continue;
    const record = new InodeRecord(run.number + index, bytes.subarray(index * inodeSize, (index + 1) * inodeSize));
    if (record.isInode) records.push(record);
  }
  return records;
}

async function* inodeRuns(volume: XfsVolume, nearGroup: number, signal: AbortSignal): AsyncGenerator<InodeRun, void, undefined> {
  const { inodeSize } = volume.geometry;
  const most = READ_BYTES / inodeSize;
  for (const group of groupsNear(nearGroup, volume.readableGroups)) {
    signal.throwIfAborted();
    let begun: Omit<InodeRun, 'bytes'> | null = null;
    try {
      for await (const chunks of chunksOf(volume, group, signal)) {
        for (const chunk of chunks) {
          for (const { first, count } of runsOf(chunk)) {
            const number = chunk.first + first;
            const follows =
              begun !== null && begun.number + begun.isUsed.length === number && begun.isUsed.length + count <= most;
            if (begun && !follows) yield reading(volume, begun, signal);
            if (!begun || !follows) begun = { number, isUsed: [] };
            begun.isUsed.push(...usedIn(chunk, first, count));
          }
        }
      }
    } catch (error) {
      if (!(error instanceof DamagedStructureError) && !(error instanceof MediaError)) throw error;
    }
    if (begun) yield reading(volume, begun, signal);
  }
}

const usedIn = (chunk: InodeChunk, first: number, count: number): boolean[] =>
  Array.from({ length: count }, (_, index) => !chunk.isFree(first + index));

function reading(volume: XfsVolume, run: Omit<InodeRun, 'bytes'>, signal: AbortSignal): InodeRun {
  const { geometry, source } = volume;
  const offset = inodeOffset(geometry, run.number);
  const length = run.isUsed.length * geometry.inodeSize;
  const isInside = offset !== null && offset <= source.size - length;
  const bytes = isInside ? readOrNull(() => readSalvaged(source, offset, length, signal)) : Promise.resolve(null);
  // Whoever waits for it is told; nobody does when the scan ends before.
  bytes.catch(() => undefined);
  return { ...run, bytes };
}

/** All groups, the nearest first. */
function* groupsNear(group: number, groupsCount: number): Generator<number, void, undefined> {
  const near = Math.min(Math.max(0, group), groupsCount - 1);
  for (let distance = 0; distance < groupsCount; distance++) {
    if (near - distance >= 0) yield near - distance;
    if (distance > 0 && near + distance < groupsCount) yield near + distance;
  }
}
