import { DeviceGoneError, FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, ContentSegment, SectorSize } from '@diskwright/sdk/protocol';
import { randomUUID } from 'node:crypto';
import type { ServiceParams } from '../../common/index';
import type { ContentOpener, OpenedNode, OpenOptions } from '../contracts';
import type { BlockNode } from '../nodes/blockNode';
import { detectSectorSize } from '../nodes/detectSectorSize';
import { SliceNode } from '../nodes/sliceNode';
import { tailNote } from '../nodes/tailText';
import type { PluginServing } from '../serving/pluginServing';
import { servingGone } from '../serving/servedNode';
import { ContentMap, type ContentMapBuilder } from './contentMap';
import { ContentDevice, contentNode } from './contentNode';
import { ServedContentNode } from './servedContentNode';

export type ServedFile = ServiceParams<'content/create'>['file'];

/** Contents that are told now, and those that are known. */
const MAX_BEGUN = 64;
const MAX_KNOWN = 1024;
/** Of those that are known together; sixteen bytes each. */
const MAX_SEGMENTS = 16 * 1024 * 1024;

export interface NewContent {
  path: string;
  deviceId: string;
  /** On the device. */
  volume: ByteRange;
  file: ServedFile;
}

interface Known extends NewContent {
  map: ContentMap;
  digest: string;
  /** As often as it was answered, and not dropped. */
  uses: number;
}

/** A content that is open to the byte. */
export interface OpenedContent {
  node: BlockNode;
  /** What it lies on, which is open until the node is disposed of. */
  base: OpenedNode;
  deviceId: string;
  /** Resolves when its provider serves it no longer, with what to say then; null where none of it is served. */
  ended: Promise<DeviceGoneError> | null;
}

/** What contents need of the service. */
export interface ContentParts {
  /** Keeps a device open until {@link done}. */
  use(deviceId: string, signal?: AbortSignal): Promise<OpenedNode>;
  done(deviceId: string): void;
  serving: Pick<PluginServing, 'open'>;
  /** Asks the host where a file's content is; null without a host. */
  locate(path: string, signal?: AbortSignal): Promise<string | null>;
}

/** The contents of files in volumes: maps by id, and the devices that are opened on them. */
export class ContentRegistry implements ContentOpener {
  private readonly begun = new Map<string, NewContent & { builder: ContentMapBuilder }>();
  private readonly known = new Map<string, Known>();

  constructor(private readonly parts: ContentParts) {}

  /** Answers the id by which its segments are told. @throws FailedError when too many are told at once */
  begin(content: NewContent): string {
    if (this.begun.size >= MAX_BEGUN) throw new FailedError(`the contents of ${MAX_BEGUN} files are being made out at once`);
    const contentId = `content-${randomUUID()}`;
    this.begun.set(contentId, { ...content, builder: ContentMap.builder(content.volume.length) });
    return contentId;
  }

  /** @throws what the map's builder throws; then it is dropped */
  append(contentId: string, segments: readonly ContentSegment[]): void {
    const { builder } = this.told(contentId);
    try {
      for (const segment of segments) builder.add(segment);
    } catch (error) {
      this.drop(contentId);
      throw error;
    }
  }

  /** Answers the id of an earlier content that is the same, or its own. */
  finish(contentId: string, size: number): string {
    const { builder, ...content } = this.told(contentId);
    this.begun.delete(contentId);
    const map = builder.build(size);
    const digest = map.digest();
    const same = [...this.known].find(([, other]) => other.digest === digest && isSamePlace(other, content));
    if (same) {
      same[1].uses++;
      return same[0];
    }
    this.known.set(contentId, { ...content, map, digest, uses: 1 });
    this.makeRoom();
    return contentId;
  }

  /** @throws InvalidInputError */
  mapOf(contentId: string): ContentMap {
    return this.get(contentId).map;
  }

  /** Others that were answered the same keep it. */
  drop(contentId: string): void {
    this.begun.delete(contentId);
    const known = this.known.get(contentId);
    if (known && --known.uses === 0) this.known.delete(contentId);
  }

  /** @throws InvalidInputError for an unknown one; what opening the device and the provider throw */
  async open(contentId: string, signal?: AbortSignal): Promise<OpenedContent> {
    const { path, deviceId, volume, file, map } = this.get(contentId);
    const base = await this.parts.use(deviceId, signal);
    let served: { node: ServedContentNode; ended: Promise<DeviceGoneError> } | null = null;
    const release = async (): Promise<void> => {
      await served?.node.dispose();
      this.parts.done(deviceId);
    };
    try {
      const slice = new SliceNode(base.node, volume.offset, volume.length);
      if (map.hasServed) served = await this.serve({ path, deviceId, file }, map.size, slice.sectorSize, signal);
      const node = contentNode(path, map, { volume: slice, served: served?.node ?? null }, release);
      return { node, base, deviceId, ended: served?.ended ?? null };
    } catch (error) {
      await release();
      throw error;
    }
  }

  async openNamed(name: string, { sectorSize: forced, signal }: OpenOptions): Promise<OpenedNode> {
    const contentId = (await this.parts.locate(name, signal)) ?? this.lastOf(name);
    const { node, base, ended } = await this.open(contentId, signal);
    try {
      const peek = (offset: number, length: number) => node.read(offset, length, signal).catch(() => null);
      const sectorSize = forced ?? (await detectSectorSize(node.size, peek));
      if (node.size < sectorSize) {
        throw new InvalidInputError(`${name} is ${node.size} bytes long, less than a sector of ${sectorSize}`, { device: name });
      }
      const device = new ContentDevice(node, sectorSize);
      const tail = node.size - device.size;
      return {
        node: device,
        kind: 'file',
        model: null,
        serial: null,
        readOnly: true,
        notes: tail === 0 ? [] : [tailNote(name, tail, sectorSize)],
        storage: { kind: 'content', id: contentId, base: base.storage },
        bases: [base],
        ended: ended && base.ended ? Promise.race([ended, base.ended]) : (ended ?? base.ended),
      };
    } catch (error) {
      await node.dispose();
      throw error;
    }
  }

  /** Those contents of files that no volume holds as they are: compressed ones. */
  private async serve(
    { path, deviceId, file }: Pick<NewContent, 'path' | 'deviceId' | 'file'>,
    size: number,
    sectorSize: SectorSize,
    signal?: AbortSignal,
  ): Promise<{ node: ServedContentNode; ended: Promise<DeviceGoneError> }> {
    const { client, release } = await this.parts.serving.open(
      path,
      (host, servingId) => host.request('content/serve', { servingId, path, deviceId, file }, signal),
      signal,
    );
    try {
      const node = new ServedContentNode(path, client, size, { sectorSize, plugin: file.provider, release });
      return { node, ended: client.closed.then(() => servingGone(path, file.provider)) };
    } catch (error) {
      client.close();
      release();
      throw error;
    }
  }

  /** The first ones go; what has them open keeps them. */
  private makeRoom(): void {
    const count = (): number => [...this.known.values()].reduce((sum, { map }) => sum + map.segmentCount, 0);
    while (this.known.size > MAX_KNOWN || (this.known.size > 1 && count() > MAX_SEGMENTS)) {
      this.known.delete(this.known.keys().next().value!);
    }
  }

  private get(contentId: string): Known {
    const content = this.known.get(contentId);
    if (!content) throw new InvalidInputError(`there is no content ${contentId}`);
    return content;
  }

  private told(contentId: string): NewContent & { builder: ContentMapBuilder } {
    const content = this.begun.get(contentId);
    if (!content) throw new InvalidInputError(`there is no content ${contentId} whose segments are awaited`);
    return content;
  }

  /** A job goes on without a host. */
  private lastOf(name: string): string {
    const found = [...this.known].findLast(([, { path }]) => path === name);
    if (found) return found[0];
    throw new DeviceGoneError(`${name} cannot be found: the host that knows its volume is gone`, { device: name });
  }
}

function isSamePlace(a: NewContent, b: NewContent): boolean {
  const sameVolume = a.volume.offset === b.volume.offset && a.volume.length === b.volume.length;
  const { partition, provider, node, stream } = a.file;
  const { file } = b;
  const sameFile = file.partition === partition && file.provider === provider && file.node === node && file.stream === stream;
  return a.path === b.path && a.deviceId === b.deviceId && sameVolume && sameFile;
}
