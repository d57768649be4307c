import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { PluginProtocol } from '@diskwright/sdk/protocol';
import { abortable } from '../../common/flow/abortable';
import { describeSandbox } from '../sandbox';
import { PluginProcess, type PluginProcessOptions } from './pluginProcess';

export interface Trial extends Pick<PluginProcessOptions, 'plugin' | 'launcher' | 'log' | 'timings' | 'limits'> {
  /** The values of its own settings. */
  settings: Record<string, unknown>;
}

/**
 * Starts a plugin in a process of its own, lets it test itself, and ends it. It has no command to run and no handle, so there is nothing that it may ask for.
 * @returns how it was protected, in sentences, and how long it took to start
 * @throws FailedError and PeerGoneError when it does not start; CancelledError
 */
export async function tryPlugin(
  { settings, ...options }: Trial,
  signal?: AbortSignal,
): Promise<{ protection: string[]; startMilliseconds: number }> {
  const handlersFor = (process: PluginProcess): PeerHandlers<PluginProtocol> => ({
    ping: () => ({}),
    'log/write': ({ level, message }) => process.log.write('plugin', level, message),
    'settings/read': () => ({ values: settings }),
  });
  const starting = PluginProcess.start({ ...options, selfTest: true, handlersFor });
  const tried = starting.then(async (process) => {
    await process.end();
    const { sandbox, startMilliseconds } = process;
    return { protection: sandbox ? describeSandbox(sandbox) : [], startMilliseconds };
  });
  return abortable(tried, signal);
}
