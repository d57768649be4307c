import { InvalidInputError } from '../errors';
import type { Lease, PluginProtocol } from '../protocol/index';
import { fitDescription } from '../provider/fitDescription';
import type { ContainerProvider, OpenContainer } from '../provider/index';
import type { PeerHandlers } from '../rpc/index';
import type { LeaseConnection } from './dataPlane';
import { OpenHandles } from './openHandles';
import type { PluginRuntime } from './pluginRuntime';
import { ServedConnections } from './servedConnections';
import { tellingBugs } from './tellingBugs';

/** An open container with whoever is served with its devices. */
class ServedContainer {
  readonly connections = new ServedConnections();

  constructor(readonly container: OpenContainer) {}

  async close(): Promise<void> {
    await this.connections.close();
    await this.container.close?.();
  }
}

/** The `container/…` messages, answered by the plugin's providers. `closeAll` ends what is open. */
export function containerHandlers(
  providers: Record<string, ContainerProvider>,
  runtime: PluginRuntime,
): { handlers: PeerHandlers<PluginProtocol>; closeAll(): Promise<void> } {
  const handles = new OpenHandles<ServedContainer>('container');
  const find = (id: string): ContainerProvider => {
    if (!Object.hasOwn(providers, id)) throw new InvalidInputError(`this plugin has no container provider ${id}`);
    return providers[id]!;
  };

  const handlers: PeerHandlers<PluginProtocol> = {
    'container/open': async ({ container: id, leases, secret, keyFile }, { signal }) => {
      const provider = find(id);
      const members = await openMembers(runtime, leases, signal);
      const close = (): void => members.forEach((member) => member.close());
      try {
        const context = { signal, offset: leases[0]!.offset, log: runtime.log, secret, keyFile: bytesOf(keyFile) };
        const score = await provider.probe(members[0]!, context);
        if (score === 0) {
          close();
          return { score, handle: null, type: null };
        }
        const container = await provider.open(members, context);
        return {
          score,
          handle: handles.add(new ServedContainer(container), { close }),
          type: fitDescription(container.describe()),
        };
      } catch (error) {
        close();
        throw error;
      }
    },
    'container/serve': async ({ handle, device, connection }, { signal }) => {
      const { container, connections } = handles.get(handle).value;
      await connections.serve(container.device(device), runtime, connection, signal);
      return {};
    },
    'container/close': async ({ handle }) => {
      await handles.close(handle);
      return {};
    },
  };
  return { handlers: tellingBugs(handlers, runtime), closeAll: () => handles.closeAll() };
}

/** @throws what opening one of them throws; none of them is open then */
async function openMembers(runtime: PluginRuntime, leases: readonly Lease[], signal: AbortSignal): Promise<LeaseConnection[]> {
  const opened = await Promise.allSettled(leases.map((lease) => runtime.dataPlane.openLease(lease, signal, { uncached: true })));
  const members = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = opened.find((each) => each.status === 'rejected');
  if (!failed) return members;
  for (const member of members) member.close();
  throw failed.reason;
}

const bytesOf = (base64: string | undefined): Buffer | null => (base64 === undefined ? null : Buffer.from(base64, 'base64'));
