import { MediaError } from '@diskwright/sdk/errors';
import type { MemoryNode } from './memoryNode';

/** The same node, one sector of which cannot be read. */
export function nodeWithBadSector(node: MemoryNode, badOffset: number): MemoryNode {
  const read = node.read.bind(node);
  node.read = (offset, length, signal) => {
    const isBad = offset < badOffset + node.sectorSize && badOffset < offset + length;
    if (!isBad) return read(offset, length, signal);
    const detail = { device: node.path, offset: badOffset, length: node.sectorSize };
    return Promise.reject(new MediaError(`${node.path} cannot be read at ${badOffset}`, detail));
  };
  return node;
}
