import { CancelledError, type DiskwrightError } from '@diskwright/sdk/errors';
import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import type { CopyResult, JobFailure } from '@diskwright/native';
import { native } from '../../native';
import { systemError } from '../../nodes/nodeErrors';
import { READ_RETRIES } from '../../nodes/readTolerantly';
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
    sourceOffset: part.sourceOffset + base + from.delta,
    targetOffset: part.targetOffset + base + to.delta,
    chunkBytes: part.chunkBytes,
    inFlight: requestsAtOnce(from, to),
    sectorSize: part.source.sectorSize,
    zeroDetection: part.targetIsZero ? 'skip' : 'zero',
    onReadError: part.onReadError,
    retries: READ_RETRIES,
  });
  const cancel = (): void => job.cancel();
  part.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const sample = (): { bytes: number; limit: 'read' | 'write' | 'hash' | null } => {
      const { writtenBytes, limit } = job.progress();
      return { bytes: writtenBytes, limit };
    };
    const result = await part.progress.follow(sample, job.done);
    if (result.state === 'cancelled') throw new CancelledError();
    if (result.error) throw copyFailure(part, from, to, result.error);
    return resultOf(from, result);
  } finally {
    part.signal?.removeEventListener('abort', cancel);
  }
}

/** Requests that are in flight at the same time for these devices. */
export function requestsAtOnce(...devices: DeviceDescriptor[]): number {
  return devices.some(({ descriptor }) => native.describe(descriptor).rotational) ? IN_FLIGHT_ROTATING : IN_FLIGHT;
}

/** The typed error of a native job's failure, in the device's own offsets. */
export function jobError(verb: string, device: string, delta: number, failure: JobFailure): DiskwrightError {
  return systemError(failure, { verb, device, offset: Math.max(0, (failure.offset ?? delta) - delta), length: FAILED_BYTES });
}

function copyFailure(part: PartCopy, from: DeviceDescriptor, to: DeviceDescriptor, failure: JobFailure): DiskwrightError {
  if (failure.side === 'source') return jobError('read', part.source.path, from.delta, failure);
  return jobError('write', part.target.path, to.delta, failure);
}

function resultOf(from: DeviceDescriptor, result: CopyResult): PartResult {
  return {
    holes: result.holes.map(({ offset, length }) => ({ offset: offset - from.delta, length })),
    holeBytes: result.holeBytes,
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
