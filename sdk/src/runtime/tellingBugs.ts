import { DiskwrightError, FailedError } from '../errors';
import type { PluginProtocol } from '../protocol/index';
import type { PeerHandlers } from '../rpc/index';
import type { PluginRuntime } from './pluginRuntime';

type Handler = (params: unknown, context: unknown) => unknown;

/** Tells a plugin's bug (a TypeError and the like) from what it says about the disk: the caller learns whose it is, the log where. */
export function tellingBugs(handlers: PeerHandlers<PluginProtocol>, runtime: PluginRuntime): PeerHandlers<PluginProtocol> {
  const wrap =
    (method: string, handler: Handler): Handler =>
    async (params, context) => {
      try {
        return await handler(params, context);
      } catch (error) {
        if (error instanceof DiskwrightError || (error as Error | null)?.name === 'AbortError') throw error;
        runtime.log.error(`${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        const message = error instanceof Error ? error.message : String(error);
        throw new FailedError(`${method} failed inside plugin ${runtime.pluginId()}: ${message}`);
      }
    };
  return Object.fromEntries(Object.entries(handlers).map(([method, handler]) => [method, wrap(method, handler as Handler)]));
}
