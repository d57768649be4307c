import { checkRange } from '@diskwright/sdk/block';
import type { BlockNode, NodeExtent, NodeSegment } from './blockNode';

/** Bytes in memory, as a part of another node. */
export class BytesNode implements BlockNode {
  readonly sectorSize = 512;
  readonly physicalSectorSize = 512;

  constructor(
    readonly path: string,
    private readonly bytes: Buffer,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    checkRange(offset, length, this.size, this.path);
    return Buffer.from(this.bytes.subarray(offset, offset + length));
  }

  async extents(offset: number, length: number): Promise<NodeExtent[]> {
    checkRange(offset, length, this.size, this.path);
    return length === 0 ? [] : [{ offset, length, kind: 'data' }];
  }

  segments(offset: number, length: number): NodeSegment[] {
    checkRange(offset, length, this.size, this.path);
    return length === 0 ? [] : [{ offset, length, kind: 'node', node: this, nodeOffset: offset }];
  }

  async dispose(): Promise<void> {}
}
