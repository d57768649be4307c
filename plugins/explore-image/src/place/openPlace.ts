import type { PluginContext, VolumeProxy } from '@diskwright/sdk';
import { FailedError, NotSupportedError } from '@diskwright/sdk/errors';
import type { FilesystemNode, VolumeRef } from '@diskwright/sdk/protocol';
import { locate } from './locate';

/** What the host makes of an input of format `volumePath`. */
export interface VolumePath extends VolumeRef {
  path: string;
}

/** A file or directory in an open volume. */
export interface Place {
  volume: VolumeProxy;
  node: FilesystemNode;
  /** From the root, without a slash at the end; the root is empty. */
  path: string;
  /** As the user named it. */
  named: string;
}

/**
 * Opens what a field of the input names. Links on the way are followed, a link at its end only when asked to.
 * @throws NotSupportedError when no plugin reads the volume, FailedError when there is nothing at the path
 */
export async function openPlace(
  context: PluginContext,
  field: string,
  { path, ...volumeRef }: VolumePath,
  { followLast }: { followLast: boolean },
): Promise<Place> {
  const named = context.named[field] ?? path;
  const volume = await openVolume(context, volumeRef, named);
  const found = await locate(volume, path, followLast);
  if (!found) throw new FailedError(`${named}: there is no ${path} in this volume`, { todo: 'Look with "diskwright ls".' });
  return { volume, named, ...found };
}

/** @throws NotSupportedError when no plugin reads it */
export async function openVolume({ volumes }: PluginContext, volumeRef: VolumeRef, named: string): Promise<VolumeProxy> {
  const volume = await volumes.open(volumeRef);
  if (volume) return volume;
  throw new NotSupportedError(`${named}: no plugin can read what this volume holds`, {
    todo: 'See with "diskwright layout" which volumes the device has, and with "diskwright info" what is known of one.',
  });
}

/** @throws FailedError when it is none */
export function requireDirectory({ node, named }: Place): void {
  if (node.type !== 'directory')
    throw new FailedError(`${named} is ${IN_WORDS[node.type]}, and a directory is needed`, {
      todo: 'Look at it with "diskwright stat".',
    });
}

const IN_WORDS: Record<FilesystemNode['type'], string> = {
  file: 'a file',
  directory: 'a directory',
  symlink: 'a symbolic link that leads nowhere',
  fifo: 'a named pipe',
  socket: 'a socket',
  blockDevice: 'a device node',
  characterDevice: 'a device node',
  other: 'of no kind that is known',
};
