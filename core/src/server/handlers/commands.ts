import type { HandlerFactory } from '../pages';
import { OpenLists } from './openLists';
import { contentPreview } from './contentPreview';
import { fittingItems } from './fittingPrefix';

/** Commands that plugins contribute. */
export const commandHandlers: HandlerFactory = ({ host, page }) => {
  const lists = new OpenLists(page.closed);
  return {
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
      if (result.kind === 'list') return { kind: 'list', list: lists.add(result.list), token };
      if (result.kind === 'content') return { kind: 'view', view: await contentPreview(host, result.content, signal) };
      return result.kind === 'plan' ? { kind: 'plan', plan: await host.planLibrary.keep(result.plan) } : result;
    },
    'commands/page': ({ handle }, { signal }) => lists.page(handle, signal),
    'commands/closeList': async ({ handle }) => {
      await lists.close(handle);
      return {};
    },
  };
};
