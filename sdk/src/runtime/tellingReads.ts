import { DiskwrightError, FailedError } from '../errors';
import type { ServedNode } from '../nbd/index';
import type { PluginRuntime } from './pluginRuntime';

/** Tells a plugin's bug from what it says about the disk, as `tellingBugs` does, where the caller is a client of NBD. */
export function tellingReads(node: ServedNode, runtime: Pick<PluginRuntime, 'log' | 'pluginId'>): ServedNode {
  const telling = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DiskwrightError || (error as Error | null)?.name === 'AbortError') throw error;
      runtime.log.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const message = error instanceof Error ? error.message : String(error);
      throw new FailedError(`${what} failed inside plugin ${runtime.pluginId()}: ${message}`);
    }
  };
  return {
    size: node.size,
    read: (offset, length, signal) => telling('read', () => node.read(offset, length, signal)),
    extents: (offset, length, signal) => telling('extents', () => node.extents(offset, length, signal)),
  };
}
