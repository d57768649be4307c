import type { BlockSource } from '../block/index';
import { InvalidInputError } from '../errors';
import type { ImageInfo, PluginProtocol } from '../protocol/index';
import type { ImageFormatProvider, OpenImage, SiblingOptions } from '../provider/index';
import type { PeerHandlers } from '../rpc/index';
import type { LeaseConnection } from './dataPlane';
import { OpenHandles } from './openHandles';
import { overLease } from './overLease';
import type { PluginRuntime } from './pluginRuntime';
import { ServedConnections } from './servedConnections';
import { tellingBugs } from './tellingBugs';

const MAX_SNAPSHOTS_TOLD = 1024;
/** More files than an image is made of: a chain of backing files longer than this is a loop. */
const MAX_SIBLINGS = 1024;

/** An open image with the files beside it, and whoever is served with it. */
class ServedImage {
  readonly connections = new ServedConnections();

  constructor(
    readonly image: OpenImage,
    private readonly siblings: readonly LeaseConnection[],
  ) {}

  async close(): Promise<void> {
    await this.connections.close();
    try {
      await this.image.close?.();
    } finally {
      for (const sibling of this.siblings) sibling.close();
    }
  }
}

/** The `imageFormat/…` messages, answered by the plugin's providers. `closeAll` ends what is open. */
export function imageFormatHandlers(
  providers: Record<string, ImageFormatProvider>,
  runtime: PluginRuntime,
): { handlers: PeerHandlers<PluginProtocol>; closeAll(): Promise<void> } {
  const handles = new OpenHandles<ServedImage>('image');
  const find = (id: string): ImageFormatProvider => {
    if (!Object.hasOwn(providers, id)) throw new InvalidInputError(`this plugin has no image format provider ${id}`);
    return providers[id]!;
  };
  const openSibling = async (
    openingId: string,
    path: string,
    { content = false, type }: SiblingOptions,
    signal: AbortSignal,
  ): Promise<LeaseConnection> => {
    const { lease } = await runtime
      .host()
      .request('imageFormat/sibling', { openingId, path, content, ...(type === undefined ? {} : { type }) }, signal);
    return runtime.dataPlane.openLease(lease, signal, { uncached: true });
  };

  const handlers: PeerHandlers<PluginProtocol> = {
    'imageFormat/open': async ({ format, lease, openingId, name, snapshot }, { signal }) => {
      const provider = find(format);
      return overLease(
        runtime,
        lease,
        signal,
        async (file, context) => {
          const siblings: LeaseConnection[] = [];
          const sibling = async (path: string, options: SiblingOptions = {}): Promise<BlockSource> => {
            if (siblings.length >= MAX_SIBLINGS)
              throw new InvalidInputError(`the image needs more than ${MAX_SIBLINGS} other files`);
            const opened = await openSibling(openingId, path, options, signal);
            siblings.push(opened);
            return opened;
          };
          try {
            const imageContext = { ...context, name, snapshot, sibling };
            const score = await provider.probe(file, imageContext);
            if (score === 0) {
              for (const opened of siblings) opened.close();
              return { score, handle: null, type: null };
            }
            const image = await provider.open(file, imageContext);
            return { score, handle: handles.add(new ServedImage(image, siblings), file), type: infoOf(image) };
          } catch (error) {
            for (const opened of siblings) opened.close();
            throw error;
          }
        },
        { uncached: true },
      );
    },
    'imageFormat/serve': async ({ handle, connection }, { signal }) => {
      const { image, connections } = handles.get(handle).value;
      await connections.serve(image, runtime, connection, signal);
      return {};
    },
    'imageFormat/close': async ({ handle }) => {
      await handles.close(handle);
      return {};
    },
  };
  return { handlers: tellingBugs(handlers, runtime), closeAll: () => handles.closeAll() };
}

function infoOf(image: OpenImage): ImageInfo {
  const { snapshots, ...rest } = image.describe();
  return { ...rest, size: image.size, snapshots: snapshots.slice(0, MAX_SNAPSHOTS_TOLD), snapshotCount: snapshots.length };
}
