import { CancelledError, type DiskwrightError, MediaError } from '@diskwright/sdk/errors';
import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import type { CopyResult, JobFailure, StuckRequest as NativeStuckRequest } from '@diskwright/native';
import type { StuckRequest } from '../../../common/index';
import { native } from '../../native';
import { hangingRequests } from '../../nodes/hangingRequests';
import { systemError, unreadableSector } from '../../nodes/nodeErrors';
import { descriptionOf, storageOfDescriptor } from '../../nodes/keptDescriptions';
import type { JobSample, ProgressMeter } from '../progressMeter';
import type { PartCopy, PartResult } from './copyPart';
import type { DeviceDescriptor } from './transfers';

/** Requests at once: many where the medium does not care, few where a head would have to move. */
const IN_FLIGHT = 8;
const IN_FLIGHT_ROTATING = 2;
/** The engine cuts extents at multiples of this. */
const CHUNK_UNIT = 4096;
/** A failure is told with the place of the request that failed; no request is longer. */
const FAILED_BYTES = 1024 * 1024;

/** Whether the engine takes chunks of this length. */
export function isEngineChunk(chunkBytes: number): boolean {
  return chunkBytes % CHUNK_UNIT === 0;
}

/**
 * Copies a part with the native engine, from descriptor to descriptor.
 * @throws MediaError and its like with device and offset; CancelledError within 100 ms of the signal
 */
export async function copyNative(part: PartCopy, from: DeviceDescriptor, to: DeviceDescriptor): Promise<PartResult> {
  if (part.signal?.aborted) throw new CancelledError();
  const base = part.extents.offsetAt(0);
  const job = new native.CopyJob({
    sourceFd: from.descriptor,
    targetFd: to.descriptor,
    // Relative to the first one: a descriptor's bytes may lie before the device's, and an offset cannot be negative.
    extents: rebased(part.extents, base).blob,
    suspects: rebased(part.suspects, base).blob,
    givenUp: rebased(part.givenUp, base).blob,
    sourceOffset: part.sourceOffset + base + from.delta,
    targetOffset: part.targetOffset + base + to.delta,
    chunkBytes: part.chunkBytes,
    inFlight: requestsAtOnce(from, to),
    sectorSize: part.source.sectorSize,
    keepsEqual: part.keepsEqual,
    hashes: part.hashes,
    zeroDetection: part.targetIsZero ? 'skip' : 'zero',
    ...part.onError,
    ...(part.sharedReader && { sharedReader: part.sharedReader }),
  });
  const cancel = (): void => job.cancel();
  part.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const sides = { source: { path: part.source.path, ...from }, target: { path: part.target.path, ...to } };
    const sample = (): JobSample => {
      const { writtenBytes, limit, stuck } = job.progress();
      return { bytes: writtenBytes, limit, stuck: stuckOn(sides, stuck) };
    };
    const result = await part.progress.follow(sample, (isPaused) => job.pause(isPaused), job.done);
    noteRequests(sides, job, result, part.progress);
    if (result.state === 'cancelled') throw new CancelledError();
    if (result.error) throw copyFailure(part, from, to, result.error);
    return resultOf(from, result);
  } finally {
    part.signal?.removeEventListener('abort', cancel);
  }
}

/** Requests that are in flight at the same time for these devices. */
export function requestsAtOnce(...devices: DeviceDescriptor[]): number {
  return devices.some(({ descriptor }) => descriptionOf(descriptor).rotational) ? IN_FLIGHT_ROTATING : IN_FLIGHT;
}

/** The typed error of a native job's failure, in the device's own offsets. */
export function jobError(verb: string, device: string, delta: number, failure: JobFailure): DiskwrightError {
  return systemError(failure, { verb, device, offset: Math.max(0, (failure.offset ?? delta) - delta), length: FAILED_BYTES });
}

/** A native job's devices: their names, and where the engine finds their bytes. */
export type JobSides = Partial<Record<'source' | 'target', DeviceDescriptor & { path: string }>>;

export function stuckOn(sides: JobSides, requests: readonly NativeStuckRequest[]): StuckRequest[] {
  return requests.map(({ side, offset, seconds }) => ({
    device: sides[side]!.path,
    offset: offset - sides[side]!.delta,
    seconds,
  }));
}

/** Takes note of where a settled job was slow, and of the requests that it left behind. */
export function noteRequests(
  sides: JobSides,
  job: { requestsLeft(): number },
  { slow, stuck }: Pick<CopyResult, 'slow' | 'stuck'>,
  progress: ProgressMeter,
): void {
  const slowRanges = slow.map(({ side, offset, ...range }) => ({
    device: sides[side]!.path,
    offset: offset - sides[side]!.delta,
    ...range,
  }));
  progress.requests.add(slowRanges, stuckOn(sides, stuck));
  for (const { side, offset } of stuck) {
    const { path, descriptor, delta } = sides[side]!;
    hangingRequests.add({
      path,
      storage: storageOfDescriptor(descriptor),
      offset: offset - delta,
      writes: side === 'target' && sides.source !== undefined,
      since: Date.now(),
      isOut: () => job.requestsLeft() > 0,
    });
  }
}

function copyFailure(part: PartCopy, from: DeviceDescriptor, to: DeviceDescriptor, failure: JobFailure): DiskwrightError {
  if (failure.side === 'source') {
    const error = jobError('read', part.source.path, from.delta, failure);
    if (!(error instanceof MediaError) || failure.offset === undefined) return error;
    const { sectorSize, path } = part.source;
    const offset = failure.offset - from.delta;
    return unreadableSector(path, { offset, length: sectorSize - (offset % sectorSize) }, sectorSize, failure.message);
  }
  return jobError('write', part.target.path, to.delta, failure);
}

function resultOf(from: DeviceDescriptor, result: CopyResult): PartResult {
  return {
    holes: result.holes.map(({ offset, length }) => ({ offset: offset - from.delta, length })),
    holeBytes: result.holeBytes,
    bytesUnchanged: result.unchangedBytes,
    blake3: Buffer.from(result.blake3, 'hex'),
    chunkHashes: result.chunkHashes,
  };
}

function rebased(extents: ExtentList, base: number): ExtentList {
  if (base === 0) return extents;
  const builder = new ExtentListBuilder();
  for (let index = 0; index < extents.count; index++) builder.add(extents.offsetAt(index) - base, extents.lengthAt(index));
  return builder.build();
}
