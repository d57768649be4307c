import { checkRange } from '@diskwright/sdk/block';
import type { NodeExtent, NodeSegment, WritableNode } from '../../core/src/sector/nodes/blockNode';

/** A device in memory, for reading and writing; its segments are read through the node. */
export class MemoryNode implements WritableNode {
  readonly physicalSectorSize = 4096;
  flushes = 0;

  constructor(
    readonly bytes: Buffer,
    readonly path = 'memory',
    readonly sectorSize: 512 | 4096 = 512,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    checkRange(offset, length, this.size);
    return Buffer.from(this.bytes.subarray(offset, offset + length));
  }

  async extents(offset: number, length: number): Promise<NodeExtent[]> {
    return [{ offset, length, kind: 'data' }];
  }

  segments(offset: number, length: number): NodeSegment[] {
    return [{ kind: 'node', offset, length, node: this, nodeOffset: offset }];
  }

  async write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    checkRange(offset, bytes.length, this.size);
    bytes.copy(this.bytes, offset);
  }

  async zero(offset: number, length: number): Promise<void> {
    checkRange(offset, length, this.size);
    this.bytes.fill(0, offset, offset + length);
  }

  async discard(offset: number, length: number): Promise<void> {
    await this.zero(offset, length);
  }

  async flush(): Promise<void> {
    this.flushes++;
  }

  async dispose(): Promise<void> {}
}
