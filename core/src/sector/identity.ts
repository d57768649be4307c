import type { ByteRange, DeviceIdentity } from '@diskwright/sdk/protocol';
import { createHash } from 'node:crypto';
import type { OpenedNode } from './contracts';
import { readTolerantly } from './nodes/readTolerantly';

/** Where partition tables lie: so many bytes at both ends. */
const END_BYTES = 65536;

/**
 * What tells a device from any other and its state from a later one: size, sector size, model, serial, and SHA-256 over its first
 * and last 64 KiB (of a device of less than 128 KiB: over all of it). Unreadable sectors there count as zeros, and their places
 * are hashed behind the bytes, as `unreadable OFFSET LENGTH` and a newline for each run: the fingerprint stays the same while the
 * damage does.
 * @throws DeviceGoneError, CancelledError
 */
export async function identify({ node, kind, model, serial }: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity> {
  const hash = createHash('sha256');
  const tail = Math.max(END_BYTES, node.size - END_BYTES);
  const unreadable: ByteRange[] = [];
  for (const [start, end] of [
    [0, Math.min(END_BYTES, node.size)],
    [tail, node.size],
  ] as const) {
    if (start >= end) continue;
    const { bytes, holes } = await readTolerantly(node, start, end - start, signal);
    hash.update(bytes);
    unreadable.push(...holes);
  }
  for (const { offset, length } of unreadable) hash.update(`unreadable ${offset} ${length}\n`);
  return { kind, size: node.size, sectorSize: node.sectorSize, model, serial, fingerprint: hash.digest('hex') };
}
