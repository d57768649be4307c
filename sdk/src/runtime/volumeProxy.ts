import { ExtentList, rangesMeet } from '../extents/index';
import type {
  Allocation,
  ByteRange,
  Change,
  ContentRef,
  ContentSegment,
  FilesystemEntry,
  FilesystemInfo,
  FilesystemNode,
  Finding,
  Generation,
  NamedRange,
  Owner,
  PluginParams,
  PluginRequestMethod,
  PluginResult,
  StructureInstance,
} from '../protocol/index';
import type { ListOptions, RelocateTarget, WalkOptions } from '../provider/index';
import { pullAhead, pullPages } from './pages';

/** In one request of `ownersOf`. */
const MAX_OWNED_RANGES = 4096;

/** Sends a request that ends with the signal of whoever it was made for. */
export type Call = <M extends PluginRequestMethod>(method: M, params: PluginParams<M>) => Promise<PluginResult<M>>;

/**
 * A filesystem, opened through the host at whichever provider knows it. The calls are those of the provider ({@link Filesystem}), with results
 * as they travel: extent lists and larger bytes are references, which plans take as they are. Long results are iterated and pulled page by page.
 * A call that the provider lacks fails with NotSupportedError; after a change of the device all fail with StaleError.
 */
export class VolumeProxy {
  constructor(
    private readonly call: Call,
    /** By which the host knows it. */
    readonly handle: string,
    /** Id of the plugin that provides it. */
    readonly provider: string,
    /** libblkid's name of the filesystem. */
    readonly type: string,
    private readonly closeOnce: () => Promise<void>,
  ) {}

  info(): Promise<FilesystemInfo> {
    return this.call('filesystem/info', this.self);
  }

  allocation(): Promise<Allocation> {
    return this.call('filesystem/allocation', this.self);
  }

  async commitExtents(): Promise<ByteRange[]> {
    return (await this.call('filesystem/commitExtents', this.self)).extents;
  }

  generation(): Promise<Generation> {
    return this.call('filesystem/generation', this.self);
  }

  async signatures(): Promise<NamedRange[]> {
    return (await this.call('filesystem/signatures', this.self)).signatures;
  }

  relocate(target: RelocateTarget): Promise<PluginResult<'filesystem/relocate'>> {
    return this.call('filesystem/relocate', { ...this.self, ...target });
  }

  /** With a range, those that meet it. */
  structures(range?: ByteRange): AsyncIterable<StructureInstance> {
    return pullPages(
      (cursor) => this.call('filesystem/structures', { ...this.self, ...(range && { range }), cursor }),
      (page) => (range ? page.structures.filter((structure) => rangesMeet(structure, range)) : page.structures),
    );
  }

  encodeField(edit: Omit<PluginParams<'filesystem/encodeField'>, 'handle'>): Promise<PluginResult<'filesystem/encodeField'>> {
    return this.call('filesystem/encodeField', { ...this.self, ...edit });
  }

  async check(): Promise<Finding[]> {
    return (await this.call('filesystem/check', this.self)).findings;
  }

  stat(node: string): Promise<PluginResult<'filesystem/stat'>> {
    return this.call('filesystem/stat', { ...this.self, node });
  }

  readdir(node: string, options: ListOptions = {}): AsyncIterable<FilesystemEntry> {
    return pullPages(
      (cursor) => this.call('filesystem/readdir', { ...this.self, node, ...options, cursor }),
      (page) => page.entries,
    );
  }

  walk(node: string, options: WalkOptions): AsyncIterable<FilesystemEntry> {
    return pullPages(
      (cursor) => this.call('filesystem/walk', { ...this.self, node, ...options, cursor }),
      (page) => page.entries,
    );
  }

  /** As {@link walk}, several entries at once: cheaper for those who go through very many. */
  async *walkPages(node: string, options: WalkOptions): AsyncGenerator<FilesystemEntry[], void, undefined> {
    const pages = pullAhead((cursor) => this.call('filesystem/walk', { ...this.self, node, ...options, cursor }));
    for await (const { entries } of pages) yield entries;
  }

  lookup(path: string): Promise<FilesystemNode | null> {
    return this.call('filesystem/lookup', { ...this.self, path });
  }

  async readlink(node: string): Promise<string> {
    return (await this.call('filesystem/readlink', { ...this.self, node })).target;
  }

  contentOf(node: string, stream?: string): AsyncIterable<ContentSegment> {
    return pullPages(
      (cursor) => this.call('filesystem/contentOf', { ...this.self, node, stream, cursor }),
      (page) => page.segments,
    );
  }

  /** As {@link contentOf}, page by page, with the content's size; at least one page. */
  contentPages(node: string, stream?: string): AsyncIterable<Pick<PluginResult<'filesystem/contentOf'>, 'size' | 'segments'>> {
    return pullPages(
      (cursor) => this.call('filesystem/contentOf', { ...this.self, node, stream, cursor }),
      (page) => [page],
    );
  }

  /**
   * Makes a content known to the host, for what is done with it there: a command answers it, a file is written from it.
   * @param name how the user is told of it
   */
  openContent(node: string, name: string, stream?: string): Promise<ContentRef> {
    return this.call('content/open', { ...this.self, node, name, stream });
  }

  async streams(node: string): Promise<PluginResult<'filesystem/streams'>['streams']> {
    return (await this.call('filesystem/streams', { ...this.self, node })).streams;
  }

  /** The first 8192 extents in the order of the file; `total` says how many there are. */
  extentsOf(node: string): Promise<PluginResult<'filesystem/extentsOf'>> {
    return this.call('filesystem/extentsOf', { ...this.self, node });
  }

  /** Where the record of a node lies, and how it is called; null when it has none. */
  async recordOf(node: string): Promise<NamedRange | null> {
    return (await this.call('filesystem/recordOf', { ...this.self, node })).record;
  }

  /**
   * Whose the bytes of the ranges are, ascending; whole runs, which may reach beyond the ranges. One call for many ranges costs the provider about as
   * much as one for a single byte.
   * @param ranges in any order
   */
  async *ownersOf(ranges: Iterable<ByteRange>): AsyncGenerator<Owner, void, undefined> {
    const list = ExtentList.fromRanges(ranges);
    const wanted = [...list];
    // A run that meets the ranges of two requests is answered by both.
    let answeredTo = 0;
    for (let from = 0; from < wanted.length; from += MAX_OWNED_RANGES) {
      const some = wanted.slice(from, from + MAX_OWNED_RANGES);
      const [first, last] = [some[0]!, some.at(-1)!];
      const range = { offset: first.offset, length: last.offset + last.length - first.offset };
      const owners = pullPages(
        (cursor) => this.call('filesystem/ownersOf', { ...this.self, range, ranges: some, cursor }),
        (page) => page.owners,
      );
      const before = answeredTo;
      for await (const owner of owners) {
        if (owner.offset < before || !list.meets(owner)) continue;
        answeredTo = Math.max(answeredTo, owner.offset + owner.length);
        yield owner;
      }
    }
  }

  async minimumSize(): Promise<number> {
    return (await this.call('filesystem/minimumSize', this.self)).size;
  }

  resize(size: number): Promise<Change> {
    return this.call('filesystem/resize', { ...this.self, size });
  }

  relabel(label: string): Promise<Change> {
    return this.call('filesystem/relabel', { ...this.self, label });
  }

  renewIdentity(): Promise<Change> {
    return this.call('filesystem/renewIdentity', this.self);
  }

  /** May be called again. */
  close(): Promise<void> {
    return this.closeOnce();
  }

  private get self(): { handle: string } {
    return { handle: this.handle };
  }
}
