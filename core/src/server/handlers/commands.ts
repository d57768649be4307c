import type { HandlerFactory } from '../pages';

/** Commands that plugins contribute. */
export const commandHandlers: HandlerFactory = ({ host }) => ({
  'commands/list': () => ({
    commands: host.plugins.registry.commands().map(({ plugin, contribution }) => ({ pluginId: plugin.id, contribution })),
  }),
});
