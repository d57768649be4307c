import { MemoryNode } from '../support/memoryNode';

/** A device of any size that holds zeros only. */
export class EmptyNode extends MemoryNode {
  constructor(
    path: string,
    private readonly bytesLong: number,
  ) {
    super(Buffer.alloc(0), path);
  }

  override get size(): number {
    return this.bytesLong;
  }

  override async read(_offset: number, length: number): Promise<Buffer> {
    return Buffer.alloc(length);
  }
}
