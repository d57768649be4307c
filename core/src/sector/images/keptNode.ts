import { closeSync } from 'node:fs';
import type { SectorSize } from '@diskwright/sdk/protocol';
import { DescriptorNode, type DescriptorShape } from '../nodes/descriptorNode';
import { describeShape, openSystem } from '../nodes/openDescriptor';
import { SliceNode } from '../nodes/sliceNode';

/** A kept copy of what an image holds, to its last byte, under the image's name. Owns what it was made with. */
export class KeptNode extends DescriptorNode {
  private released: Promise<void> | null = null;

  private constructor(
    shape: DescriptorShape,
    private readonly release: () => Promise<void>,
  ) {
    super(shape);
  }

  /** @param sectorSize undefined: as the content has it */
  static async open(
    path: string,
    name: string,
    sectorSize: SectorSize | undefined,
    release: () => Promise<void>,
  ): Promise<KeptNode> {
    const descriptor = openSystem(path, 'read', false);
    try {
      const { shape } = await describeShape(path, 'file', descriptor, { name, exactSize: true, sectorSize });
      return new KeptNode(shape, release);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  override dispose(): Promise<void> {
    this.released ??= super.dispose().then(this.release);
    return this.released;
  }
}

/** Its whole sectors. Owns it. */
export class WholeSectors extends SliceNode {
  constructor(private readonly whole: KeptNode) {
    super(whole, 0, whole.size - (whole.size % whole.sectorSize));
  }

  override dispose(): Promise<void> {
    return this.whole.dispose();
  }
}
