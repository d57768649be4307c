import { BytesNode } from '../nodes/bytesNode';
import type { BlockNode } from '../nodes/blockNode';
import { ComposedNode, type Run, type RunSource } from '../nodes/composedNode';
import { SliceNode } from '../nodes/sliceNode';
import type { SectorSize } from '@diskwright/sdk/protocol';
import { FailedError } from '@diskwright/sdk/errors';
import type { ContentMap, ContentRun } from './contentMap';

/** What the segments of a content lie on. */
export interface ContentSources {
  /** The volume. */
  volume: BlockNode;
  /** The content as its provider serves it; null where none of it has to be. */
  served: BlockNode | null;
}

/** The content of a file, of just its size. `release` is called once, when it is disposed of; the sources are the caller's. */
export function contentNode(path: string, map: ContentMap, sources: ContentSources, release: () => Promise<void>): BlockNode {
  const { sectorSize, physicalSectorSize } = sources.volume;
  return new ComposedNode({ path, size: map.size, sectorSize, physicalSectorSize }, new ContentRuns(path, map, sources), release);
}

/** The whole sectors of a content, as a device; what is behind the last one is left out. */
export class ContentDevice extends SliceNode {
  constructor(
    private readonly content: BlockNode,
    override readonly sectorSize: SectorSize,
  ) {
    super(content, 0, content.size - (content.size % sectorSize));
  }

  override dispose(): Promise<void> {
    return this.content.dispose();
  }
}

class ContentRuns implements RunSource {
  private readonly inline: BytesNode;

  constructor(
    private readonly path: string,
    private readonly map: ContentMap,
    private readonly sources: ContentSources,
  ) {
    this.inline = new BytesNode(path, map.inline);
  }

  runs(offset: number, length: number, limit: number): Run[] {
    const runs: Run[] = [];
    for (const run of this.map.runs(offset, length)) {
      if (runs.length >= limit) break;
      runs.push(this.placed(run));
    }
    return runs;
  }

  private placed({ kind, offset, length, position }: ContentRun): Run {
    if (kind === 'zeros') return { kind, offset, length };
    const node = kind === 'volume' ? this.sources.volume : kind === 'inline' ? this.inline : this.sources.served;
    if (!node) throw new FailedError(`${this.path} is to be unpacked, and nobody was asked to`, { device: this.path });
    return { kind: 'node', offset, length, node, nodeOffset: position };
  }
}
