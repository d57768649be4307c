import { FailedError, InvalidInputError, NotSupportedError } from '../errors';
import type { Allocation, PluginProtocol, PluginResult } from '../protocol/index';
import type { AllocationResult, Filesystem, FilesystemProvider } from '../provider/index';
import type { PeerHandlers } from '../rpc/index';
import { OpenHandles } from './openHandles';
import { overLease } from './overLease';
import type { PluginRuntime } from './pluginRuntime';
import { encodeChange, encodeWrites } from './proposals';
import { structuresMeeting } from './structuresMeeting';
import { tellingBugs } from './tellingBugs';
import { lookupByReaddir, walkByReaddir } from './tree';

const MAX_INLINE_STREAM_BYTES = 65536;
const MAX_EXTENTS = 8192;

/** An open filesystem and the name by which messages call its provider. */
class NamedFilesystem {
  constructor(
    readonly filesystem: Filesystem,
    readonly provider: string,
  ) {}

  close(): Promise<void> {
    return this.filesystem.close?.() ?? Promise.resolve();
  }

  /** @throws NotSupportedError saying which provider lacks what */
  need<K extends keyof Filesystem>(hook: K): NonNullable<Filesystem[K]> {
    const value = this.filesystem[hook];
    if (value === undefined) throw new NotSupportedError(`the filesystem provider ${this.provider} has no ${hook}`);
    // Hooks are methods: they keep their object.
    return (typeof value === 'function' ? value.bind(this.filesystem) : value) as NonNullable<Filesystem[K]>;
  }
}

/** The `filesystem/…` messages, answered by the plugin's providers. `closeAll` ends what is open. */
export function filesystemHandlers(
  providers: Record<string, FilesystemProvider>,
  runtime: PluginRuntime,
): { handlers: PeerHandlers<PluginProtocol>; closeAll(): Promise<void> } {
  const handles = new OpenHandles<NamedFilesystem>('fs');
  const find = (id: string): FilesystemProvider => {
    if (!Object.hasOwn(providers, id)) throw new InvalidInputError(`this plugin has no filesystem provider ${id}`);
    return providers[id]!;
  };
  const putWith = (signal: AbortSignal) => (bytes: Buffer) => runtime.blobs.putBytes(bytes, signal);
  const at = (handle: string): Filesystem => handles.get(handle).value.filesystem;

  const handlers: PeerHandlers<PluginProtocol> = {
    'filesystem/open': async ({ filesystem, lease }, { signal }) => {
      const provider = find(filesystem);
      return overLease(runtime, lease, signal, async (source, context) => {
        const score = await provider.probe(source, context);
        if (score === 0) return { score, handle: null, type: '' };
        const opened = new NamedFilesystem(await provider.open(source, context), filesystem);
        try {
          const { type } = await opened.filesystem.info(signal);
          return { score, handle: handles.add(opened, source), type };
        } catch (error) {
          await opened.close();
          throw error;
        }
      });
    },
    'filesystem/close': async ({ handle }) => {
      await handles.close(handle);
      return {};
    },
    'filesystem/info': ({ handle }, { signal }) => at(handle).info(signal),
    'filesystem/allocation': async ({ handle }, { signal }) => {
      const { filesystem, provider } = handles.get(handle).value;
      return encodeAllocation(await filesystem.allocation(signal), provider, runtime, signal);
    },
    'filesystem/commitExtents': async ({ handle }, { signal }) => ({ extents: await at(handle).commitExtents(signal) }),
    'filesystem/generation': ({ handle }, { signal }) => at(handle).generation(signal),
    'filesystem/signatures': async ({ handle }, { signal }) => ({ signatures: await at(handle).signatures(signal) }),
    'filesystem/relocate': async ({ handle, ...target }, { signal }) => {
      const { writes, warnings } = await at(handle).relocate(target, signal);
      return { writes: await encodeWrites(writes, putWith(signal)), warnings };
    },
    'filesystem/structures': async ({ handle, range, cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const page = await pager.page(cursor, 256, signal, (whole) => ({
        items: structuresMeeting(range, value.filesystem.structures(whole, range)),
        header: undefined,
      }));
      return { structures: page.items, cursor: page.cursor };
    },
    'filesystem/encodeField': async ({ handle, ...edit }, { signal }) => {
      const { offset, bytes } = await handles.get(handle).value.need('encodeField')(edit, signal);
      return { offset, bytes: bytes.toString('base64') };
    },
    'filesystem/check': async ({ handle }, { signal }) => ({ findings: (await at(handle).check(signal)).slice(0, 4096) }),
    'filesystem/stat': ({ handle, node }, { signal }) => handles.get(handle).value.need('stat')(node, signal),
    'filesystem/readdir': async ({ handle, node, cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const readdir = value.need('readdir');
      const page = await pager.page(cursor, 4096, signal, (whole) => ({ items: readdir(node, whole), header: undefined }));
      return { entries: page.items, cursor: page.cursor };
    },
    'filesystem/walk': async ({ handle, node, cursor, recursive, filter }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const { filesystem } = value;
      if (!filesystem.walk) value.need('readdir');
      const page = await pager.page(cursor, 4096, signal, (whole) => ({
        items:
          filesystem.walk?.(node, { recursive, filter }, whole) ?? walkByReaddir(filesystem, node, { recursive, filter }, whole),
        header: undefined,
      }));
      return { entries: page.items, cursor: page.cursor };
    },
    'filesystem/lookup': ({ handle, path }, { signal }) => {
      const { value } = handles.get(handle);
      if (value.filesystem.lookup) return value.filesystem.lookup(path, signal);
      value.need('readdir');
      return lookupByReaddir(value.filesystem, path, signal);
    },
    'filesystem/readlink': async ({ handle, node }, { signal }) => ({
      target: await handles.get(handle).value.need('readlink')(node, signal),
    }),
    'filesystem/contentOf': async ({ handle, node, stream, cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const contentOf = value.need('contentOf');
      const page = await pager.page(cursor, MAX_EXTENTS, signal, async (whole) => {
        const { size, segments } = await contentOf(node, stream, whole);
        return { items: segments, header: size };
      });
      return { size: page.header, segments: page.items, cursor: page.cursor };
    },
    'filesystem/streams': async ({ handle, node }, { signal }) => {
      const streams = await handles.get(handle).value.need('streams')(node, signal);
      return { streams: streams.map(({ name, size, value }) => ({ name, size, ...inlineValue(value) })) };
    },
    'filesystem/extentsOf': async ({ handle, node }, { signal }) => {
      const extents = await handles.get(handle).value.need('extentsOf')(node, signal);
      return { extents: extents.slice(0, MAX_EXTENTS), total: extents.length };
    },
    'filesystem/ownersOf': async ({ handle, range, ranges = [range], cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const ownersOf = value.need('ownersOf');
      const page = await pager.page(cursor, 4096, signal, (whole) => ({ items: ownersOf(ranges, whole), header: undefined }));
      return { owners: page.items, cursor: page.cursor };
    },
    'filesystem/minimumSize': async ({ handle }, { signal }) => ({
      size: await handles.get(handle).value.need('minimumSize')(signal),
    }),
    'filesystem/resize': async ({ handle, size }, { signal }) =>
      encodeChange(await handles.get(handle).value.need('resize')(size, signal), putWith(signal)),
    'filesystem/relabel': async ({ handle, label }, { signal }) =>
      encodeChange(await handles.get(handle).value.need('relabel')(label, signal), putWith(signal)),
    'filesystem/renewIdentity': async ({ handle }, { signal }) =>
      encodeChange(await handles.get(handle).value.need('renewIdentity')(signal), putWith(signal)),
  };
  return { handlers: tellingBugs(handlers, runtime), closeAll: () => handles.closeAll() };
}

/** Uploads the extents; `unknown` never carries any, the others always do. */
async function encodeAllocation(
  result: AllocationResult,
  provider: string,
  runtime: PluginRuntime,
  signal: AbortSignal,
): Promise<Allocation> {
  const { confidence, extents, reasons } = result;
  if (confidence === 'unknown') return { confidence, extents: null, reasons };
  if (!extents)
    throw new FailedError(`the filesystem provider ${provider} answered an allocation that is ${confidence}, without extents`);
  return { confidence, extents: await runtime.blobs.putExtents(extents, signal), reasons };
}

function inlineValue(value: Buffer | undefined): Pick<PluginResult<'filesystem/streams'>['streams'][number], 'value'> {
  return value && value.length <= MAX_INLINE_STREAM_BYTES ? { value: value.toString('base64') } : {};
}
