import { FailedError, InvalidInputError } from '../errors';
import type { PluginParams, PluginProtocol, VolumeRef } from '../protocol/index';
import type { PeerHandlers } from '../rpc/index';
import { CommandScope } from './commandScope';
import type { PluginRuntime } from './pluginRuntime';
import { tellingBugs } from './tellingBugs';
import type { OpenedView, ViewHandler } from './viewHandler';

interface OpenView {
  opened: OpenedView;
  close(): Promise<void>;
}

/** The `view/…` messages. What a view opened and left open ends with it. */
export function viewHandlers(
  views: Record<string, ViewHandler>,
  runtime: PluginRuntime,
): { handlers: PeerHandlers<PluginProtocol>; closeAll(): Promise<void> } {
  const open = new Map<string, OpenView>();
  const handlers: PeerHandlers<PluginProtocol> = {
    'view/open': async (call) => {
      if (!Object.hasOwn(views, call.view)) throw new InvalidInputError(`this plugin has no view ${call.view}`);
      if (open.has(call.viewId)) throw new InvalidInputError(`the view ${call.viewId} is open already`);
      open.set(call.viewId, await openView(views[call.view]!, call, runtime));
      return {};
    },
    'view/request': async ({ viewId, method, params }, { signal }) => {
      const view = open.get(viewId);
      if (!view) throw new FailedError('the view is closed');
      const { requests } = view.opened;
      if (!Object.hasOwn(requests, method)) {
        const known = Object.keys(requests).join(', ');
        throw new InvalidInputError(`the plugin answers no request "${method}" of this view`, {
          todo: known === '' ? 'It answers none.' : `It answers: ${known}.`,
        });
      }
      return { result: (await requests[method]!(params, signal)) ?? null };
    },
    'view/close': async ({ viewId }) => {
      const view = open.get(viewId);
      open.delete(viewId);
      await view?.close();
      return {};
    },
  };
  return {
    handlers: tellingBugs(handlers, runtime),
    closeAll: async () => void (await Promise.allSettled([...open.values()].map(({ close }) => close()))),
  };
}

async function openView(
  handler: ViewHandler,
  { viewId, input, named }: PluginParams<'view/open'>,
  runtime: PluginRuntime,
): Promise<OpenView> {
  const controller = new AbortController();
  const scope = new CommandScope(runtime, { named, progressToken: viewId }, controller.signal);
  const { signal, log, devices, volumes, contents, extents, blobs, settings } = scope.context;
  const end = async (): Promise<void> => {
    controller.abort();
    await scope.dispose();
  };
  try {
    const opened = await handler.open({
      signal,
      named,
      log,
      devices,
      volumes,
      contents,
      extents,
      blobs,
      settings,
      subject: (input['subject'] ?? null) as string | VolumeRef | null,
      post: async (message) => void (await runtime.host().request('view/post', { viewId, message }, signal)),
    });
    const close = async (): Promise<void> => {
      try {
        await opened.close?.();
      } finally {
        await end();
      }
    };
    return { opened, close };
  } catch (error) {
    await end();
    throw error;
  }
}
