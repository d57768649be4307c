import { DeviceGoneError } from '@diskwright/sdk/errors';
import type { NbdClient } from '@diskwright/sdk/nbd';
import type { SectorSize } from '@diskwright/sdk/protocol';
import type { NodeExtent } from '../nodes/blockNode';
import { NbdNode } from '../nodes/nbdNode';

export interface ServedNodeOptions {
  sectorSize: SectorSize;
  /** Id of the plugin that serves it. */
  plugin: string;
  /** All bytes count, also those behind the last whole sector. */
  exactSize?: boolean;
  /** Called once, when it is disposed of. */
  release(): Promise<void> | void;
}

/** Bytes that a plugin serves: what an image holds, a device in a container. Owns the connection and what it was opened with. */
export class ServedNode extends NbdNode {
  private closing: Promise<void> | null = null;

  constructor(
    path: string,
    client: NbdClient,
    private readonly options: ServedNodeOptions,
  ) {
    super(path, client, options.sectorSize, options.exactSize);
  }

  override async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    return super.read(offset, length, signal).catch((error: unknown) => this.fail(error));
  }

  override async extents(offset: number, length: number, signal?: AbortSignal): Promise<NodeExtent[]> {
    return super.extents(offset, length, signal).catch((error: unknown) => this.fail(error));
  }

  override dispose(): Promise<void> {
    this.closing ??= super.dispose().then(() => this.options.release());
    return this.closing;
  }

  private fail(error: unknown): never {
    throw error instanceof DeviceGoneError ? servingGone(this.path, this.options.plugin) : error;
  }
}

/** What is asked of it fails with this when its plugin has ended, or what it reads has changed; opening it again starts the plugin anew. */
export function servingGone(device: string, plugin: string): DeviceGoneError {
  return new DeviceGoneError(`${device}: the plugin ${plugin}, which reads it, serves it no longer`, {
    device,
    todo: `Open it again. What the plugin said last: diskwright plugin log ${plugin}`,
  });
}
