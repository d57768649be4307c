import { checkRange } from '@diskwright/sdk/block';
import { InvalidInputError, RefusedError, StaleError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { BlobRef, ExtentsRef } from '@diskwright/sdk/protocol';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../common/plan/index';
import type { OpenedNode, SectorContext } from '../contracts';
import { FolderLock } from '../folderLock';
import { identityDifference } from '../identityDifference';
import { knownDevice } from '../knownDevice';
import type { BlockNode } from '../nodes/blockNode';
import type { KnownLists } from './knownLists';
import { BytesLayer, ExtentsLayer, LayerStack, ShiftedLayer, ZEROS_LAYER, type Layer } from './layer';
import { readOverlayDocument, type LayerDocument, type OverlayDevice, type OverlayDocument } from './overlayDocument';
import type { NodeShape } from '../nodes/composedNode';
import { RangeMap } from './rangeMap';
import { WrittenLayer } from './writtenLayer';

/** What keeping overlays needs of the service. */
export type OverlayContext = Pick<SectorContext, 'dataFolder' | 'open' | 'identify'>;

/**
 * An overlay with everything below it open. Shared by all its nodes; owns devices, descriptors and the lock until {@link close}.
 */
export class OpenOverlay {
  private constructor(
    readonly shape: NodeShape,
    readonly stack: LayerStack,
    readonly written: WrittenLayer,
    private readonly lock: FolderLock,
    private readonly resources: Resources,
  ) {}

  /**
   * @throws InvalidInputError when there is none of that name or it is damaged
   * @throws StaleError when a device below it is not what it was; RefusedError when another process writes it
   */
  static async open(context: OverlayContext, lists: KnownLists, folder: string, name: string): Promise<OpenOverlay> {
    const document = await readOverlayDocument(folder, name);
    const lock = await FolderLock.acquire(folder, true);
    if (!lock) throw inUse(name);
    const resources = new Resources();
    try {
      const devices = new Map<string, OpenedNode>();
      for (const device of document.devices) devices.set(device.name, await resources.openDevice(context, name, device));
      const base = devices.get(document.base)?.node;
      if (!base)
        throw new InvalidInputError(`the overlay ${name} is damaged: it has no device ${document.base}`, { device: name });
      const shape = { path: name, size: base.size, sectorSize: base.sectorSize, physicalSectorSize: base.physicalSectorSize };
      const data = await resources.openData(join(folder, 'data'));
      const layers: Layer[] = [];
      for (const layer of document.layers) layers.push(await readLayer(folder, document, layer, base.size, devices, data, lists));
      const written = await WrittenLayer.open(folder, base.size, name);
      return new OpenOverlay(shape, new LayerStack(base, [...layers, written]), written, lock, resources);
    } catch (error) {
      await resources.close();
      await lock.release();
      throw error;
    }
  }

  /** @throws RefusedError when another process uses the overlay */
  async enableWriting(): Promise<void> {
    if (!this.lock.makeExclusive()) throw inUse(this.shape.path);
    await this.written.enableWriting();
  }

  async close(): Promise<void> {
    try {
      await this.written.close();
    } finally {
      await this.resources.close();
      await this.lock.release();
    }
  }
}

/** What an overlay holds open. */
class Resources {
  private readonly nodes: BlockNode[] = [];
  private data: FileHandle | null = null;

  async openDevice(context: OverlayContext, name: string, device: OverlayDevice): Promise<OpenedNode> {
    const opened = await context.open(device.path, knownDevice(device.identity));
    this.nodes.push(opened.node);
    const difference = identityDifference(device.identity, await context.identify(opened));
    if (difference === null) return opened;
    throw new StaleError(`the overlay ${name} is stale: ${device.path} has changed since it was made (${difference})`, {
      device: name,
      todo: 'Simulate the plan again, or make a new one.',
    });
  }

  async openData(path: string): Promise<FileHandle> {
    return (this.data = await open(path, 'r'));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.nodes.map((node) => node.dispose()));
    await this.data?.close();
  }
}

async function readLayer(
  folder: string,
  document: OverlayDocument,
  layer: LayerDocument,
  size: number,
  devices: ReadonlyMap<string, OpenedNode>,
  data: FileHandle,
  lists: KnownLists,
): Promise<Layer> {
  if (layer.kind === 'bytes')
    return new BytesLayer(RangeMap.fromBlob(await readBlob(folder, layer.map), size, document.dataBytes), data.fd);
  const extents = await readExtents(folder, layer.extents, lists);
  checkRange(layer.targetOffset, extents.end, size, `the overlay's layer of ${layer.kind}`);
  if (layer.kind === 'zeros') return new ExtentsLayer(extents, layer.targetOffset, ZEROS_LAYER);
  const { device, offset } = layer.source;
  const source = device === null ? null : (devices.get(device)?.node ?? null);
  if (device !== null && !source)
    throw new InvalidInputError(`the overlay's document names a device ${device} that it does not describe`);
  checkRange(offset, extents.end, source?.size ?? size, "the overlay's source");
  return new ExtentsLayer(extents, layer.targetOffset, new ShiftedLayer(source, offset - layer.targetOffset));
}

async function readExtents(folder: string, reference: ExtentsRef, lists: KnownLists): Promise<ExtentList> {
  const known = lists.get(reference.digest);
  if (known) return known;
  const list = ExtentList.fromBlob(await readBlob(folder, reference));
  lists.add(reference.digest, list);
  return list;
}

async function readBlob(folder: string, reference: BlobRef): Promise<Buffer> {
  const path = join(folder, 'blobs', reference.digest);
  const blob = await readFile(path);
  if (blob.length !== reference.bytes || sha256(blob) !== reference.digest)
    throw new InvalidInputError(`the overlay's file ${path} is damaged`);
  return blob;
}

function inUse(name: string): RefusedError {
  return new RefusedError(`the overlay ${name} is in use by another process`, {
    device: name,
    todo: 'End its export or the command that uses it.',
  });
}
