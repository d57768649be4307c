import type { HandlerFactory } from '../pages';
import { fittingItems } from './fittingPrefix';

/** Commands that plugins contribute. */
export const commandHandlers: HandlerFactory = ({ host, page }) => ({
  'commands/list': () => ({
    commands: fittingItems(
      host.plugins.registry.commands().map(({ plugin, contribution }) => ({ pluginId: plugin.id, contribution })),
    ),
  }),
  'commands/resolve': ({ command, input }, { signal }) => host.commands.resolve(command, input, signal),
  'commands/execute': async ({ token, command, input }, { signal }) => {
    const result = await host.commands.execute(command, input, {
      signal,
      onProgress: ({ stage, done, total }) => {
        const report = { token, stage, done, ...(total !== undefined && { total }) };
        page.notifyNewest('commands/progress', report, token);
      },
    });
    return result.kind === 'plan' ? { kind: 'plan', plan: await host.planLibrary.keep(result.plan) } : result;
  },
});
