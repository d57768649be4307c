import { InvalidInputError, NotSupportedError } from '../errors';
import type { PluginProtocol, RebuildResult } from '../protocol/index';
import type { OpenPartitionTable, PartitionTableProvider, RebuildOutcome } from '../provider/index';
import type { PeerHandlers } from '../rpc/index';
import { OpenHandles } from './openHandles';
import { overLease } from './overLease';
import type { PluginRuntime } from './pluginRuntime';
import { encodeWrites } from './proposals';
import { structuresMeeting } from './structuresMeeting';
import { tellingBugs } from './tellingBugs';

/** The `partitionTable/…` messages, answered by the plugin's providers. `closeAll` ends what is open. */
export function partitionTableHandlers(
  providers: Record<string, PartitionTableProvider>,
  runtime: PluginRuntime,
): { handlers: PeerHandlers<PluginProtocol>; closeAll(): Promise<void> } {
  const handles = new OpenHandles<OpenPartitionTable>('pt');
  const find = (id: string): PartitionTableProvider => {
    if (!Object.hasOwn(providers, id)) throw new InvalidInputError(`this plugin has no partition table provider ${id}`);
    return providers[id]!;
  };

  const asMessage = async ({ writes, layout, warnings }: RebuildOutcome, signal: AbortSignal): Promise<RebuildResult> => ({
    writes: await encodeWrites(writes, (bytes) => runtime.blobs.putBytes(bytes, signal)),
    layout,
    warnings,
  });

  const handlers: PeerHandlers<PluginProtocol> = {
    'partitionTable/open': async ({ table, lease }, { signal }) => {
      const provider = find(table);
      return overLease(runtime, lease, signal, async (source, context) => {
        const { score, type } = await provider.probe(source, context);
        if (score === 0) return { score, handle: null, type: 'none' as const };
        return { score, handle: handles.add(await provider.open(source, context), source), type };
      });
    },
    'partitionTable/close': async ({ handle }) => {
      await handles.close(handle);
      return {};
    },
    'partitionTable/read': ({ handle }, { signal }) => handles.get(handle).value.read(signal),
    'partitionTable/create': async ({ table, ...request }, { signal }) => {
      const provider = find(table);
      if (!provider.create) throw new NotSupportedError('this partition table provider has no create');
      return asMessage(await provider.create(request, signal), signal);
    },
    'partitionTable/rebuild': async ({ handle, ...request }, { signal }) =>
      asMessage(await handles.get(handle).value.rebuild(request, signal), signal),
    'partitionTable/edit': async ({ handle, operations }, { signal }) => {
      const { value } = handles.get(handle);
      if (!value.edit) throw new NotSupportedError('this partition table provider has no edit');
      return asMessage(await value.edit(operations, signal), signal);
    },
    'partitionTable/signatures': async ({ handle }, { signal }) => ({
      signatures: await handles.get(handle).value.signatures(signal),
    }),
    'partitionTable/structures': async ({ handle, range, cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const page = await pager.page(cursor, 256, signal, (whole) => ({
        items: structuresMeeting(range, value.structures(whole, range)),
        header: undefined,
      }));
      return { structures: page.items, cursor: page.cursor };
    },
    'partitionTable/encodeField': async ({ handle, ...edit }, { signal }) => {
      const { value } = handles.get(handle);
      if (!value.encodeField) throw new NotSupportedError('this partition table provider has no encodeField');
      const { offset, bytes } = await value.encodeField(edit, signal);
      return { offset, bytes: bytes.toString('base64') };
    },
  };
  return { handlers: tellingBugs(handlers, runtime), closeAll: () => handles.closeAll() };
}
