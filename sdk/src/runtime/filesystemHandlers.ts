import { FailedError, InvalidInputError, NotSupportedError } from '../errors';
import {
  type Allocation,
  type EntryTable,
  type FilesystemEntry,
  type PluginProtocol,
  type PluginResult,
  tableOf,
} from '../protocol/index';
import type { AllocationResult, Filesystem, FilesystemFiles, FilesystemProvider, WalkOptions } from '../provider/index';
import type { PeerHandlers } from '../rpc/index';
import { entryWeight, entryWeightInTable } from './entryWeight';
import type { Paged } from './cursorPager';
import { OpenHandles } from './openHandles';
import { overLease } from './overLease';
import { type Items, oneAhead } from './pagedItems';
import type { PluginRuntime } from './pluginRuntime';
import { encodeChange, encodeWrites } from './proposals';
import { contentsOf } from './contentsOf';
import { ServedConnections } from './servedConnections';
import { ServedContent } from './servedContent';
import { structuresMeeting } from './structuresMeeting';
import { tellingBugs } from './tellingBugs';
import { lookupByReaddir, walkByReaddir } from './tree';

const MAX_INLINE_STREAM_BYTES = 65536;
const MAX_EXTENTS = 8192;

/** An open filesystem, the name by which messages call its provider, and whoever is served contents of it. */
class NamedFilesystem {
  readonly connections = new ServedConnections();

  constructor(
    readonly filesystem: Filesystem,
    readonly provider: string,
  ) {}

  async close(): Promise<void> {
    await this.connections.close();
    await this.filesystem.close?.();
  }

  /** @throws NotSupportedError when it knows no files */
  get files(): FilesystemFiles {
    return this.need('files');
  }

  /** By the way that the provider is fastest at. @throws NotSupportedError when it knows no files */
  walk({ node, ...options }: WalkOptions & { node: string }, signal: AbortSignal): Items<FilesystemEntry> {
    const { files } = this;
    if (files.walkBatches) return files.walkBatches(node, options, signal);
    return files.walk?.(node, options, signal) ?? walkByReaddir(files, node, options, signal);
  }

  /** As {@link walk}, in tables; null where the provider does not make them itself. */
  walkTables(
    { node, recursive, filter, metadata }: WalkOptions & { node: string },
    signal: AbortSignal,
  ): Items<EntryTable> | null {
    const { files } = this;
    if (!files.walkTables || filter !== undefined || metadata) return null;
    const tables = files.walkTables(node, { recursive }, signal);
    return tables && oneAhead(tables);
  }

  /** @throws NotSupportedError saying which provider lacks what */
  need<K extends keyof Filesystem>(hook: K): NonNullable<Filesystem[K]> {
    return this.hookOf(this.filesystem, hook);
  }

  /** As {@link need}, of its files. */
  needOfFiles<K extends keyof FilesystemFiles>(hook: K): NonNullable<FilesystemFiles[K]> {
    return this.hookOf(this.files, hook);
  }

  private hookOf<T extends object, K extends keyof T>(owner: T, hook: K): NonNullable<T[K]> {
    const value = owner[hook];
    if (value === undefined) throw new NotSupportedError(`the filesystem provider ${this.provider} has no ${String(hook)}`);
    // Hooks are methods: they keep their object.
    return (typeof value === 'function' ? (value.bind(owner) as unknown) : value) as NonNullable<T[K]>;
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
    'filesystem/stat': ({ handle, node }, { signal }) => handles.get(handle).value.needOfFiles('stat')(node, signal),
    'filesystem/readdir': async ({ handle, node, metadata, cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const { files } = value;
      const page = await pager.page(
        cursor,
        4096,
        signal,
        (whole) => ({
          items: files.readdir(node, whole, { metadata }),
          header: undefined,
        }),
        entryWeight,
      );
      return { entries: page.items, cursor: page.cursor };
    },
    'filesystem/walk': async ({ handle, cursor, ...walk }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const page = await pager.page(
        cursor,
        4096,
        signal,
        (whole) => ({ items: value.walk(walk, whole), header: undefined }),
        entryWeight,
      );
      return { entries: page.items, cursor: page.cursor };
    },
    'filesystem/walkTable': async ({ handle, cursor, ...walk }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const start = (whole: AbortSignal): Paged<EntryTable | FilesystemEntry, 'tables' | 'entries'> => {
        const tables = value.walkTables(walk, whole);
        if (tables) return { items: tables, header: 'tables', mostItems: 1 };
        return { items: value.walk(walk, whole), header: 'entries' };
      };
      const page = await pager.page(cursor, 8192, signal, start, (item) => ('path' in item ? entryWeightInTable(item) : 0));
      const made = page.header === 'tables' ? (page.items as EntryTable[])[0] : undefined;
      return { table: made ?? tableOf(page.items as FilesystemEntry[]), cursor: page.cursor };
    },
    'filesystem/lookup': ({ handle, path }, { signal }) => {
      const { files } = handles.get(handle).value;
      return files.lookup?.(path, signal) ?? lookupByReaddir(files, path, signal);
    },
    'filesystem/readlink': async ({ handle, node }, { signal }) => ({
      target: await handles.get(handle).value.needOfFiles('readlink')(node, signal),
    }),
    'filesystem/contentOf': async ({ handle, node, stream, cursor }, { signal }) => {
      const { value, pager } = handles.get(handle);
      const contentOf = value.needOfFiles('contentOf');
      const page = await pager.page(cursor, MAX_EXTENTS, signal, async (whole) => {
        const { size, segments } = await contentOf(node, stream, whole);
        return { items: segments, header: size };
      });
      return { size: page.header, segments: page.items, cursor: page.cursor };
    },
    'filesystem/contents': async ({ handle, nodes }, { signal }) => ({
      contents: await contentsOf(handles.get(handle).value.files, nodes, signal),
    }),
    'filesystem/serve': async ({ handle, node, stream, connection }, { signal }) => {
      const { value } = handles.get(handle);
      const hooks = { contentOf: value.needOfFiles('contentOf'), readContent: value.needOfFiles('readContent') };
      const content = await ServedContent.open(hooks, node, stream, signal);
      await value.connections.serve(content, runtime, connection, signal);
      return {};
    },
    'filesystem/streams': async ({ handle, node }, { signal }) => {
      const streams = await handles.get(handle).value.needOfFiles('streams')(node, signal);
      return { streams: streams.map(({ name, size, value }) => ({ name, size, ...inlineValue(value) })) };
    },
    'filesystem/extentsOf': async ({ handle, node }, { signal }) => {
      const extents = await handles.get(handle).value.needOfFiles('extentsOf')(node, signal);
      return { extents: extents.slice(0, MAX_EXTENTS), total: extents.length };
    },
    'filesystem/recordOf': async ({ handle, node }, { signal }) => ({
      record: await handles.get(handle).value.needOfFiles('recordOf')(node, signal),
    }),
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
