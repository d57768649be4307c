import { RefusedError } from '@diskwright/sdk/errors';
import type { ViewPage } from '../../host/plugins/openViews';
import type { OpenView } from '../../host/views/viewService';
import type { HandlerFactory } from '../pages';
import { fittingItems } from './fittingPrefix';

const MAX_VIEWS = 64;
/** Well below what a message holds. */
const MAX_MESSAGE_CHARACTERS = 256 * 1024;

interface Shown {
  view: OpenView;
  remove(): void;
}

/** The views of plugins that a window shows; they end with it. */
export const viewHandlers: HandlerFactory = ({ host, page, viewAddresses }) => {
  const shown = new Map<string, Shown>();
  let opening = 0;
  const close = async (viewId: string): Promise<void> => {
    const entry = shown.get(viewId);
    shown.delete(viewId);
    entry?.remove();
    await entry?.view.close();
  };
  const viewPage: ViewPage = {
    onPosted: async (viewId, message) => {
      requireSmall(message);
      await page.notify('views/posted', { viewId, message });
    },
    onEnded: (viewId, reason) => {
      void page.notify('views/ended', { viewId, reason });
      void close(viewId);
    },
  };
  page.closed.addEventListener('abort', () => {
    for (const viewId of [...shown.keys()]) void close(viewId);
  });
  return {
    'views/list': () => ({
      views: fittingItems(
        host.views.list().map(({ plugin, contribution }) => ({
          pluginId: plugin.id,
          pluginName: plugin.manifest.displayName ?? plugin.id,
          version: plugin.version,
          contribution,
        })),
      ),
    }),
    'views/open': async ({ view: id, subject }, { signal }) => {
      if (shown.size + opening >= MAX_VIEWS)
        throw new RefusedError(`${MAX_VIEWS} views of plugins are open in this window`, { todo: 'Close some of them.' });
      opening++;
      try {
        const view = await host.views.open(id, subject, viewPage, signal);
        const { address, remove } = viewAddresses.add(view.files);
        shown.set(view.viewId, { view, remove });
        if (page.closed.aborted || signal.aborted) await close(view.viewId);
        return { viewId: view.viewId, address };
      } finally {
        opening--;
      }
    },
    'views/missingGrants': async ({ view, subject }, { signal }) => ({
      missing: (await host.views.missingGrants(view, subject, signal)).map(({ plugin, capability, device }) => ({
        id: plugin.id,
        displayName: plugin.manifest.displayName ?? plugin.id,
        capability,
        device: device.path,
      })),
    }),
    'views/request': async ({ viewId, method, params }, { signal }) => {
      const entry = shown.get(viewId);
      if (!entry) throw new RefusedError('this view is closed');
      const result = await entry.view.request(method, params, signal);
      requireSmall(result);
      return { result };
    },
    'views/close': async ({ viewId }) => {
      await close(viewId);
      return {};
    },
  };
};

function requireSmall(message: unknown): void {
  const characters = JSON.stringify(message ?? null).length;
  if (characters <= MAX_MESSAGE_CHARACTERS) return;
  throw new RefusedError(`a message of ${characters} characters is too large for a view`, {
    todo: `Cut it into pieces of at most ${MAX_MESSAGE_CHARACTERS}.`,
  });
}
