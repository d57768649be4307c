import { checkRange } from '@diskwright/sdk/block';
import { MediaError } from '@diskwright/sdk/errors';
import { type NbdClient, type NbdExtent } from '@diskwright/sdk/nbd';
import type { SectorSize } from '@diskwright/sdk/protocol';
import type { BlockNode, NodeExtent, NodeSegment, WritableNode } from './blockNode';
import { locateMediaError } from './locateMediaError';

const MAX_RUNS = 4096;

/** Another program's NBD export, read through a client that the node owns. */
export class NbdNode implements BlockNode {
  readonly size: number;
  readonly physicalSectorSize: number;

  /** `size` is the export's, rounded down to whole sectors unless it is to be exact. */
  constructor(
    readonly path: string,
    protected readonly client: NbdClient,
    readonly sectorSize: SectorSize,
    exactSize = false,
  ) {
    this.size = exactSize ? client.size : client.size - (client.size % sectorSize);
    this.physicalSectorSize = Math.max(sectorSize, client.blockSize.minimum);
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size, this.path);
    try {
      return await this.client.read(offset, length, signal);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      throw await locateMediaError(error, offset, length, this.sectorSize, (at, count) => this.client.read(at, count, signal));
    }
  }

  async extents(offset: number, length: number, signal?: AbortSignal): Promise<NodeExtent[]> {
    checkRange(offset, length, this.size, this.path);
    const extents: NodeExtent[] = [];
    let at = offset;
    while (at < offset + length && extents.length < MAX_RUNS) {
      for (const extent of await this.client.blockStatus(at, offset + length - at, signal)) {
        if (extents.length >= MAX_RUNS) break;
        at = extent.offset + extent.length;
        append(extents, { offset: extent.offset, length: extent.length, kind: kindOf(extent) });
      }
    }
    return extents;
  }

  segments(offset: number, length: number): NodeSegment[] {
    checkRange(offset, length, this.size, this.path);
    return length === 0 ? [] : [{ offset, length, kind: 'node', node: this, nodeOffset: offset }];
  }

  async dispose(): Promise<void> {
    this.client.close();
  }
}

/** An NBD export as the target of a running job; made by `openForWriting` only. */
export class WritableNbdNode extends NbdNode implements WritableNode {
  write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
    return this.client.write(offset, bytes, { signal });
  }

  zero(offset: number, length: number, signal?: AbortSignal): Promise<void> {
    return this.client.zero(offset, length, { signal });
  }

  discard(offset: number, length: number, signal?: AbortSignal): Promise<void> {
    return this.client.trim(offset, length, { signal });
  }

  flush(): Promise<void> {
    return this.client.flush();
  }
}

/** A hole whose content is not said to be zeros may hold anything. */
function kindOf(extent: NbdExtent): NodeExtent['kind'] {
  if (!extent.zero) return 'data';
  return extent.hole ? 'hole' : 'zero';
}

function append(extents: NodeExtent[], extent: NodeExtent): void {
  const last = extents[extents.length - 1];
  if (last?.kind === extent.kind) last.length += extent.length;
  else extents.push(extent);
}
