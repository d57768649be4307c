import type { ByteRange, DeviceIdentity } from '@diskwright/sdk/protocol';
import { createHash } from 'node:crypto';
import type { OpenedNode } from './contracts';
import { readTolerantly } from './nodes/readTolerantly';

/** Where partition tables lie: so many bytes at both ends. */
const END_BYTES = 65536;

/** Both ends of a device of this size, which its fingerprint covers; one range of a small one. */
export function endRanges(size: number): ByteRange[] {
  const head = { offset: 0, length: Math.min(END_BYTES, size) };
  const tail = Math.max(END_BYTES, size - END_BYTES);
  return tail < size ? [head, { offset: tail, length: size - tail }] : [head];
}

/**
 * What tells a device from any other and its state from a later one: size, sector size, model, serial, and SHA-256 over its first
 * and last 64 KiB (of a device of less than 128 KiB: over all of it). Unreadable sectors there count as zeros, and their places
 * are hashed behind the bytes, as `unreadable OFFSET LENGTH` and a newline for each run: the fingerprint stays the same while the
 * damage does.
 * @throws DeviceGoneError, CancelledError
 */
export async function identify({ node, kind, model, serial }: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity> {
  const hash = createHash('sha256');
  const unreadable: ByteRange[] = [];
  for (const { offset, length } of endRanges(node.size)) {
    const { bytes, holes } = await readTolerantly(node, offset, length, signal);
    hash.update(bytes);
    unreadable.push(...holes);
  }
  for (const { offset, length } of unreadable) hash.update(`unreadable ${offset} ${length}\n`);
  return { kind, size: node.size, sectorSize: node.sectorSize, model, serial, fingerprint: hash.digest('hex') };
}
