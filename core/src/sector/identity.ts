import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { createHash } from 'node:crypto';
import type { OpenedNode } from './contracts';

/** Where partition tables lie: so many bytes at both ends. */
const END_BYTES = 65536;

/**
 * What tells a device from any other and its state from a later one: size, sector size, model, serial, and SHA-256 over its first and last 64 KiB (of a device of less than
 * 128 KiB: over all of it).
 * @throws MediaError when its ends cannot be read
 */
export async function identify({ node, kind, model, serial }: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity> {
  const hash = createHash('sha256');
  const tail = Math.max(END_BYTES, node.size - END_BYTES);
  hash.update(await node.read(0, Math.min(END_BYTES, node.size), signal));
  if (tail < node.size) hash.update(await node.read(tail, node.size - tail, signal));
  return { kind, size: node.size, sectorSize: node.sectorSize, model, serial, fingerprint: hash.digest('hex') };
}
