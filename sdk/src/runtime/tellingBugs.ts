import { DiskwrightError, FailedError } from '../errors';
import type { PluginProtocol } from '../protocol/index';
import type { Logger } from '../provider/index';
import type { PeerHandlers } from '../rpc/index';

type Handler = (params: unknown, context: unknown) => unknown;

/** Tells a plugin's bug (a TypeError and the like) from what it says about the disk: the caller learns that it is one, the log where. */
export function tellingBugs(handlers: PeerHandlers<PluginProtocol>, log: Logger): PeerHandlers<PluginProtocol> {
  const wrap =
    (method: string, handler: Handler): Handler =>
    async (params, context) => {
      try {
        return await handler(params, context);
      } catch (error) {
        if (error instanceof DiskwrightError || (error as Error | null)?.name === 'AbortError') throw error;
        log.error(`${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        throw new FailedError(`${method} failed inside the plugin: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
  return Object.fromEntries(Object.entries(handlers).map(([method, handler]) => [method, wrap(method, handler as Handler)]));
}
