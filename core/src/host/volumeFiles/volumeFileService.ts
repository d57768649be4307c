import type { VolumeProxy } from '@diskwright/sdk';
import { NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemNode, VolumeRef } from '@diskwright/sdk/protocol';
import { abortable } from '../../common/flow/abortable';
import type { WorkbenchParams, WorkbenchResult } from '../../common/workbench';
import type { TolerantBytes } from '../../common/contents/tolerantBytes';
import { collectContent } from '../contents/collectContent';
import type { ContentService } from '../contents/contentService';
import type { DeviceService } from '../devices/deviceService';
import type { HeldProviders } from '../providers/heldProviders';
import type { VolumePlaces } from '../structures/volumePlaces';
import { segmentsOfRange } from './contentRange';
import { type DirectoryPage, DirectoryPages } from './directoryPages';

type NodeRef = VolumeRef & { node: string };
/** A file's content, or that of one of its streams. */
export type ContentOfNode = NodeRef & { stream?: string };

const MAX_STREAMS = 1024;
/** Links of a page whose targets are read one by one; those behind them tell theirs when they are selected. */
const MAX_TARGETS = 256;
/** Base64 digits of 4 KiB, but for the last group. */
const MAX_VALUE_DIGITS = 5460;

/** The files of volumes, as their providers tell of them, for views that go through them. Offsets answered are from the start of the device. */
export class VolumeFileService {
  /** Each as long as its provider is held open. */
  private readonly pages = new WeakMap<VolumeProxy, DirectoryPages>();

  constructor(
    private readonly devices: DeviceService,
    private readonly held: HeldProviders,
    private readonly places: VolumePlaces,
    private readonly contents: ContentService,
  ) {}

  /** The node at a path, links not followed. @throws NotSupportedError when no plugin knows the volume, or the one that does lists no files */
  lookup(
    { path, ...volume }: VolumeRef & { path: string },
    signal?: AbortSignal,
  ): Promise<WorkbenchResult<'volumeFiles/lookup'>> {
    return this.use(volume, signal, async (opened) => ({
      type: opened.type,
      provider: opened.provider,
      node: await opened.lookup(path),
    }));
  }

  /** The entries of a directory with their metadata, a page at a time, in the filesystem's order. */
  list({ node, from, ...volume }: NodeRef & { from: number }, signal?: AbortSignal): Promise<DirectoryPage> {
    return this.use(volume, signal, async (opened) => {
      let pages = this.pages.get(opened);
      if (!pages) {
        pages = new DirectoryPages((directory) => opened.readdir(directory, { metadata: true }));
        this.pages.set(opened, pages);
      }
      return withTargets(opened, await pages.page(node, from, signal));
    });
  }

  stat({ node, ...volume }: NodeRef, signal?: AbortSignal): Promise<WorkbenchResult<'volumeFiles/stat'>> {
    return this.use(volume, signal, async (opened) => withTarget(opened, await opened.stat(node)));
  }

  /** Named streams and extended attributes; none where the provider has no such thing. */
  streams({ node, ...volume }: NodeRef, signal?: AbortSignal): Promise<WorkbenchResult<'volumeFiles/streams'>> {
    return this.use(volume, signal, async (opened) => {
      const all = await opened.streams(node).catch((error: unknown) => {
        if (error instanceof NotSupportedError) return [];
        throw error;
      });
      const streams = all.slice(0, MAX_STREAMS).map(({ name, size, value }) => ({
        name,
        size,
        ...(value !== undefined && { value: value.slice(0, MAX_VALUE_DIGITS) }),
      }));
      return { streams, total: all.length };
    });
  }

  extents({ node, ...volume }: NodeRef, signal?: AbortSignal): Promise<WorkbenchResult<'volumeFiles/extents'>> {
    return this.use(volume, signal, async (opened, start) => {
      const { extents, total } = await opened.extentsOf(node);
      return { extents: extents.map(({ offset, length }) => ({ offset: start + offset, length })), total };
    });
  }

  /** Where the record of a node lies: its inode, its directory entry. @throws NotSupportedError when the provider does not tell */
  record({ node, ...volume }: NodeRef, signal?: AbortSignal): Promise<WorkbenchResult<'volumeFiles/record'>> {
    return this.use(volume, signal, async (opened, start) => {
      const record = await opened.recordOf(node);
      return { type: opened.type, record: record && { ...record, offset: start + record.offset } };
    });
  }

  /**
   * A range of a file's content as its reader sees it, decompressed, as far as it has one; zeros where it cannot be read.
   * @throws as {@link lookup}, and what reading throws, a hole in the medium excepted
   */
  readContent({ node, stream, ...volume }: ContentOfNode, range: ByteRange, signal?: AbortSignal): Promise<TolerantBytes> {
    return this.use(volume, signal, async (opened) => {
      const { path } = this.devices.get(volume.deviceId);
      const name = `${path}#${volume.partition}, node ${node}`;
      const content = await this.contents.ofNode(opened, { name, node, stream }, signal);
      try {
        const length = Math.min(range.length, content.size - range.offset);
        if (length <= 0) return { bytes: Buffer.alloc(0), unreadable: [] };
        const wanted = { offset: range.offset, length };
        return await collectContent(this.contents.read(content, wanted, signal), wanted);
      } finally {
        await this.contents.forget([content.contentId]);
      }
    });
  }

  /** What a range of a content is made of. */
  content(
    { node, stream, offset, length, ...volume }: WorkbenchParams<'volumeFiles/content'>,
    signal?: AbortSignal,
  ): Promise<WorkbenchResult<'volumeFiles/content'>> {
    return this.use(volume, signal, async (opened, start) => ({
      segments: await segmentsOfRange(opened.contentOf(node, stream), { offset, length }, start, signal),
    }));
  }

  /** Runs `action` with the volume's provider and the volume's start; answers CancelledError at once when the signal aborts. */
  private async use<R>(
    { deviceId, partition }: VolumeRef,
    signal: AbortSignal | undefined,
    action: (opened: VolumeProxy, start: number) => Promise<R>,
  ): Promise<R> {
    const { path } = this.devices.get(deviceId);
    const { offset } = await this.places.volume(deviceId, partition);
    const name = `${path}#${partition}`;
    const run = this.held.use(
      deviceId,
      partition,
      (opened) => {
        if (!opened) {
          throw new NotSupportedError(`no plugin reads the files of ${name}`, {
            device: name,
            todo: 'Its sectors can be looked at; "diskwright plugin list" names the plugins that are there.',
          });
        }
        return action(opened, offset);
      },
      signal,
    );
    return abortable(run, signal);
  }
}

/** Listings leave out targets that would have to be read. */
async function withTargets(volume: VolumeProxy, page: DirectoryPage): Promise<DirectoryPage> {
  const links = page.entries.filter(lacksTarget).slice(0, MAX_TARGETS);
  if (links.length === 0) return page;
  const read = new Map(await Promise.all(links.map(async (link) => [link, await withTarget(volume, link)] as const)));
  return { ...page, entries: page.entries.map((entry) => read.get(entry) ?? entry) };
}

const lacksTarget = ({ type, metadata }: FilesystemNode): boolean => type === 'symlink' && metadata?.target === undefined;

/** A link whose target cannot be read is shown without one. */
async function withTarget<N extends FilesystemNode>(volume: VolumeProxy, node: N): Promise<N> {
  if (!lacksTarget(node)) return node;
  const target = await volume.readlink(node.node).catch(() => undefined);
  return target === undefined ? node : { ...node, metadata: { ...node.metadata, target } };
}
