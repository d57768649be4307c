import { throwIfCancelled } from '../../common/flow/abortable';
import type { WritableNode } from '../nodes/blockNode';
import type { LayerStack } from './layer';
import { ComposedNode, type NodeShape } from '../nodes/composedNode';
import type { WrittenLayer } from './writtenLayer';

/** An overlay that can be written: what is written goes to its own files, never to its base. */
export class WritableOverlayNode extends ComposedNode implements WritableNode {
  constructor(
    shape: NodeShape,
    stack: LayerStack,
    private readonly written: WrittenLayer,
    release: () => Promise<void>,
  ) {
    super(shape, stack, release);
  }

  async write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    this.check(offset, bytes.length);
    await this.written.write(offset, bytes);
  }

  async zero(offset: number, length: number, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    this.check(offset, length);
    this.written.zero(offset, length);
  }

  async discard(offset: number, length: number, signal?: AbortSignal): Promise<void> {
    await this.zero(offset, length, signal);
  }

  async flush(): Promise<void> {
    this.check(0, 0);
    await this.written.flush();
  }

  override async dispose(): Promise<void> {
    try {
      await this.written.flush();
    } finally {
      await super.dispose();
    }
  }
}
