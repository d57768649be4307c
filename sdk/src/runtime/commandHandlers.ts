import { InvalidInputError } from '../errors';
import type { PluginParams, PluginProtocol, ResolveResult } from '../protocol/index';
import type { PeerHandlers } from '../rpc/index';
import { CommandScope } from './commandScope';
import type { CommandHandler } from './commandHandler';
import type { PluginRuntime } from './pluginRuntime';
import { tellingBugs } from './tellingBugs';

const EMPTY_RESOLVE: ResolveResult = { errors: [], defaults: {}, choices: {}, warnings: [], preview: null };

/** The `command/…` messages. What a command opened and left open ends with it. */
export function commandHandlers(commands: Record<string, CommandHandler>, runtime: PluginRuntime): PeerHandlers<PluginProtocol> {
  const run = async <R>(
    call: PluginParams<'command/execute'>,
    signal: AbortSignal,
    action: (handler: CommandHandler, scope: CommandScope) => Promise<R>,
  ): Promise<R> => {
    if (!Object.hasOwn(commands, call.command)) throw new InvalidInputError(`this plugin has no command ${call.command}`);
    const scope = new CommandScope(runtime, call, signal);
    try {
      return await action(commands[call.command]!, scope);
    } finally {
      await scope.dispose();
    }
  };
  return tellingBugs(
    {
      'command/resolve': (call, { signal }) =>
        run(call, signal, async (handler, scope) => ({
          ...EMPTY_RESOLVE,
          ...(await handler.resolve?.(call.input, scope.context)),
        })),
      'command/execute': (call, { signal }) => run(call, signal, (handler, scope) => handler.execute(call.input, scope.context)),
    },
    runtime,
  );
}
