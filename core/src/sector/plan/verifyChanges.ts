import { FailedError } from '@diskwright/sdk/errors';
import { abortable, throwIfCancelled } from '../../common/flow/abortable';
import { forEachInFlight } from '../../common/flow/forEachInFlight';
import { native } from '../native';
import type { WritableNode } from '../nodes/blockNode';
import { systemError } from '../nodes/nodeErrors';
import { readTolerantly } from '../nodes/readTolerantly';
import { type Change, type CopiedExtents, touched, type WrittenBytes } from './changes';
import { isEngineChunk } from './copy/copyNative';
import { CHUNK_HASH_BYTES } from './copy/copyPart';
import { type Chunk, chunksOf } from './copy/parts';
import type { DeviceDescriptor } from './copy/transfers';
import type { ProgressMeter } from './progressMeter';
import { verifyNative } from './verifyNative';

const READS_IN_FLIGHT = 8;

/** What a verification works with. */
export interface Verification {
  target: WritableNode;
  /** Where the engine reads the target; null when it is read through the node. */
  descriptor: DeviceDescriptor | null;
  progress: ProgressMeter;
  signal: AbortSignal | undefined;
}

/**
 * Reads back, past all caches, what was copied and written, and compares; what a later change of the list has overwritten is left
 * to that one. Answers how many bytes were compared.
 * @throws FailedError naming the target and a byte that differs
 */
export async function verifyChanges(changes: readonly Change[], verification: Verification): Promise<number> {
  const { target, descriptor, signal } = verification;
  await abortable(target.flush(), signal);
  if (descriptor) await abortable(dropCaches(target, descriptor), signal);
  let verified = 0;
  for (const [index, change] of changes.entries()) {
    throwIfCancelled(signal);
    const later = changes.slice(index + 1);
    if (change.kind === 'copy') {
      await verifyCopy(change, later, verification);
      verified += change.extents.covered;
    } else if (change.kind === 'write') {
      await verifyWrite(change, later, verification);
      verified += change.length;
    }
  }
  return verified;
}

/** Dropping flushes once more, and a medium may refuse that as it may any flush. */
async function dropCaches({ path, size }: WritableNode, { descriptor }: DeviceDescriptor): Promise<void> {
  try {
    await native.dropCaches(descriptor);
  } catch (error) {
    throw systemError(error, { device: path, verb: 'flush', offset: 0, length: size });
  }
}

async function verifyCopy(copied: CopiedExtents, later: readonly Change[], verification: Verification): Promise<void> {
  const { descriptor } = verification;
  if (!copied.chunkHashes) return compareWithSource(copied, later, verification);
  const hashes = await copied.chunkHashes();
  let from = 0;
  if (descriptor && isEngineChunk(copied.chunkBytes)) {
    const { mismatches, complete } = await verifyNative(copied, hashes, descriptor, verification);
    for (const chunk of mismatches) await judgeMismatch(copied, hashes, later, chunk, verification);
    if (complete) return;
    // Only the first mismatches are told; all of them were explained, so the chunks behind are compared here.
    from = mismatches.at(-1)!.offset + 1;
  }
  await forEachInFlight(chunksOf(copied.extents, copied.chunkBytes), READS_IN_FLIGHT, async (chunk) => {
    if (chunk.offset < from || (await isAsCopied(copied, hashes, chunk, verification))) return;
    await judgeMismatch(copied, hashes, later, chunk, verification);
  });
}

/** Reads both sides anew where no hashes were kept. */
async function compareWithSource(copied: CopiedExtents, later: readonly Change[], verification: Verification): Promise<void> {
  const { progress, signal } = verification;
  await forEachInFlight(chunksOf(copied.extents, copied.chunkBytes), READS_IN_FLIGHT, async (chunk) => {
    await progress.gate.pass(signal);
    await judgeMismatch(copied, null, later, chunk, verification);
    progress.advance(chunk.length);
  });
}

async function isAsCopied(
  copied: CopiedExtents,
  hashes: Buffer,
  chunk: Chunk,
  { target, progress, signal }: Verification,
): Promise<boolean> {
  await progress.gate.pass(signal);
  const bytes = await abortable(target.read(copied.targetOffset + chunk.offset, chunk.length, signal), signal);
  progress.advance(chunk.length);
  return isHashOf(hashes, chunk, bytes);
}

/** Whether the bytes of a chunk have its hash. */
export function isHashOf(hashes: Buffer, { index }: Chunk, bytes: Buffer): boolean {
  const expected = hashes.subarray(index * CHUNK_HASH_BYTES, (index + 1) * CHUNK_HASH_BYTES);
  return native.blake3(bytes).subarray(0, CHUNK_HASH_BYTES).equals(expected);
}

/**
 * A chunk that is not what was copied: because a later step changed it as it should, or because it was not written. @throws
 * FailedError
 * @param hashes null: it may well be as it was copied, which the source has to tell
 */
async function judgeMismatch(
  copied: CopiedExtents,
  hashes: Buffer | null,
  later: readonly Change[],
  chunk: Chunk,
  verification: Verification,
): Promise<void> {
  const { target, signal } = verification;
  const at = copied.targetOffset + chunk.offset;
  const mask = touched(later, at, chunk.length);
  if (!copied.source) {
    if (mask.length > 0) return;
    throw mismatch(target.path, at, chunk.length);
  }
  const sourceAt = copied.sourceOffset + chunk.offset;
  const { bytes: expected } = await abortable(readTolerantly(copied.source, sourceAt, chunk.length, signal), signal);
  const found = await abortable(target.read(at, chunk.length, signal), signal);
  const same = hashes !== null && isHashOf(hashes, chunk, expected);
  for (const { offset, length } of mask) found.copy(expected, offset - at, offset - at, offset - at + length);
  const first = firstDifference(expected, found);
  if (first !== null) {
    throw hashes === null
      ? unlike(target.path, at + first, chunk.length - first, copied.source.path)
      : mismatch(target.path, at + first, chunk.length - first);
  }
  if (hashes === null || (same && mask.length > 0)) return;
  throw new FailedError(`${copied.source.path} reads differently at ${sourceAt} than when it was copied`, {
    device: copied.source.path,
    offset: sourceAt,
    length: chunk.length,
    todo: 'See who writes to the source, and whether its medium is sound; then copy again.',
  });
}

async function verifyWrite(
  written: WrittenBytes,
  later: readonly Change[],
  { target, progress, signal }: Verification,
): Promise<void> {
  let at = written.offset;
  for await (const expected of written.chunks()) {
    const found = await abortable(target.read(at, expected.length, signal), signal);
    for (const { offset, length } of touched(later, at, expected.length))
      found.copy(expected, offset - at, offset - at, offset - at + length);
    const first = firstDifference(expected, found);
    if (first !== null) throw mismatch(target.path, at + first, expected.length - first);
    at += expected.length;
    progress.advance(expected.length);
  }
}

function firstDifference(expected: Buffer, found: Buffer): number | null {
  if (expected.equals(found)) return null;
  for (let index = 0; index < expected.length; index++) if (expected[index] !== found[index]) return index;
  return null;
}

function mismatch(device: string, offset: number, length: number): FailedError {
  return new FailedError(`${device} holds other bytes at ${offset} than were written there`, {
    device,
    offset,
    length,
    todo: 'The device does not keep what it is given: do not trust it with data.',
  });
}

/** Without digests nobody can tell which of the two it is. */
function unlike(device: string, offset: number, length: number, source: string): FailedError {
  return new FailedError(`${device} holds other bytes at ${offset} than ${source} does now`, {
    device,
    offset,
    length,
    todo: 'Either somebody has written to the source since, or the device does not keep what it is given. Copy again with digests to be told which.',
  });
}
