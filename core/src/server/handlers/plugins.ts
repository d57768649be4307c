import { pluginEntries } from '../../host/plugins/pluginEntries';
import type { HandlerFactory } from '../pages';

/** Plugins as the user manages them. */
export const pluginHandlers: HandlerFactory = ({ host }) => ({
  'plugins/list': async () => ({ plugins: await pluginEntries(host.plugins.registry, host.plugins.supervisor) }),
});
