import type { VolumeProxy } from '@diskwright/sdk';
import type { FilesystemNode } from '@diskwright/sdk/protocol';

/** The node with the target of a symbolic link in its metadata, asked for where the filesystem does not list it. @throws what reading the link throws */
export async function withTarget<N extends FilesystemNode>(volume: VolumeProxy, node: N): Promise<N> {
  if (node.type !== 'symlink' || node.metadata?.target !== undefined) return node;
  return { ...node, metadata: { ...node.metadata, target: await volume.readlink(node.node) } };
}
