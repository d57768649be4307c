import { checkRange } from '@diskwright/sdk/block';
import { MediaError } from '@diskwright/sdk/errors';
import type { SectorSize } from '@diskwright/sdk/protocol';
import type { BlockNode, DescriptorWindow, NodeExtent, NodeSegment } from './blockNode';

/** A window of another node: what a lease may see. Owns nothing; its base outlives it. */
export class SliceNode implements BlockNode {
  readonly path: string;
  readonly sectorSize: SectorSize;
  readonly physicalSectorSize: number;

  /** @throws InvalidInputError when the window does not lie inside `base` */
  constructor(
    private readonly base: BlockNode,
    readonly offset: number,
    readonly size: number,
  ) {
    checkRange(offset, size, base.size, base.path);
    this.path = base.path;
    this.sectorSize = base.sectorSize;
    this.physicalSectorSize = base.physicalSectorSize;
  }

  get window(): DescriptorWindow | undefined {
    const { window } = this.base;
    return window && { offset: window.offset + this.offset, use: window.use };
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size, this.path);
    try {
      return await this.base.read(this.offset + offset, length, signal);
    } catch (error) {
      throw error instanceof MediaError ? this.shifted(error) : error;
    }
  }

  async extents(offset: number, length: number, signal?: AbortSignal): Promise<NodeExtent[]> {
    checkRange(offset, length, this.size, this.path);
    const extents = await this.base.extents(this.offset + offset, length, signal);
    return extents.map((extent) => ({ ...extent, offset: extent.offset - this.offset }));
  }

  segments(offset: number, length: number): NodeSegment[] {
    checkRange(offset, length, this.size, this.path);
    return this.base
      .segments(this.offset + offset, length)
      .map((segment) => ({ ...segment, offset: segment.offset - this.offset }));
  }

  async dispose(): Promise<void> {}

  /** The message keeps the place on the device, which is what a user looks for; the detail is the slice's. */
  private shifted(error: MediaError): MediaError {
    const { offset = this.offset, length = 0 } = error.detail;
    return new MediaError(error.message, { ...error.detail, offset: offset - this.offset, length });
  }
}
