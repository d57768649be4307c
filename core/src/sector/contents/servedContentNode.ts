import { checkRange } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { NbdClient } from '@diskwright/sdk/nbd';
import type { NodeExtent } from '../nodes/blockNode';
import { ServedNode, type ServedNodeOptions } from '../serving/servedNode';

/** A file's content to the byte, read from the plugin that serves it. Owns the connection. */
export class ServedContentNode extends ServedNode {
  /** @throws DamagedStructureError when as many bytes are not served as the content has */
  constructor(path: string, client: NbdClient, size: number, options: Omit<ServedNodeOptions, 'exactSize'>) {
    super(path, client, { ...options, exactSize: true });
    if (client.size !== size)
      throw new DamagedStructureError(
        'file',
        `${path} has ${size} bytes, and the plugin ${options.plugin} serves ${client.size}`,
      );
  }

  /** Which of the content is there is told by its segments. */
  override async extents(offset: number, length: number): Promise<NodeExtent[]> {
    checkRange(offset, length, this.size, this.path);
    return length === 0 ? [] : [{ offset, length, kind: 'data' }];
  }
}
