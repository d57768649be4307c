import { InvalidInputError } from '../errors';
import type { CommandAnswer, CommandResult, PluginParams, PluginProtocol, ResolveResult } from '../protocol/index';
import type { PeerHandlers } from '../rpc/index';
import { CommandScope } from './commandScope';
import type { CommandHandler, ListResult } from './commandHandler';
import { OpenLists } from './openLists';
import type { PluginRuntime } from './pluginRuntime';
import { tellingBugs } from './tellingBugs';

const EMPTY_RESOLVE: ResolveResult = { errors: [], defaults: {}, choices: {}, warnings: [], preview: null };

/** The `command/…` messages. What a command opened and left open ends with it; of one that answers a list, with the list. */
export function commandHandlers(
  commands: Record<string, CommandHandler>,
  runtime: PluginRuntime,
): { handlers: PeerHandlers<PluginProtocol>; closeAll(): Promise<void> } {
  const lists = new OpenLists();
  const find = ({ command }: PluginParams<'command/execute'>): CommandHandler => {
    if (!Object.hasOwn(commands, command)) throw new InvalidInputError(`this plugin has no command ${command}`);
    return commands[command]!;
  };
  const execute = async (call: PluginParams<'command/execute'>, signal: AbortSignal): Promise<CommandAnswer> => {
    const handler = find(call);
    // A list outlives the request, and with it the request's signal.
    const controller = new AbortController();
    const onAbort = (): void => controller.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    const scope = new CommandScope(runtime, call, controller.signal);
    let answer: CommandResult | ListResult | null = null;
    try {
      answer = await handler.execute(call.input, scope.context);
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (answer?.kind !== 'list') await scope.dispose();
    }
    if (answer.kind !== 'list') return answer;
    const dispose = (): Promise<void> => {
      controller.abort();
      return scope.dispose();
    };
    return { kind: 'list', list: lists.open(call.progressToken, answer.list, dispose) };
  };
  const handlers: PeerHandlers<PluginProtocol> = {
    'command/resolve': async (call, { signal }) => {
      const handler = find(call);
      const scope = new CommandScope(runtime, call, signal);
      try {
        return { ...EMPTY_RESOLVE, ...(await handler.resolve?.(call.input, scope.context)) };
      } finally {
        await scope.dispose();
      }
    },
    'command/execute': (call, { signal }) => execute(call, signal),
    'command/page': ({ handle }, { signal }) => lists.page(handle, signal),
    'command/closeList': async ({ handle }) => {
      await lists.close(handle);
      return {};
    },
  };
  return { handlers: tellingBugs(handlers, runtime), closeAll: () => lists.closeAll() };
}
