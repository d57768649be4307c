import { basename } from 'node:path';
import { CancelledError, InvalidInputError } from '@diskwright/sdk/errors';
import type { Lease } from '@diskwright/sdk/protocol';
import type { ServiceParams, ServiceResult } from '../../common';
import type { PluginProcess } from '../plugins/pluginProcess';
import type { ContributedImageFormat } from '../plugins/pluginRecord';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import type { PluginSupervisor, PluginUse } from '../plugins/pluginSupervisor';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';

export interface ServedImagesOptions {
  registry: Pick<PluginRegistry, 'imageFormats' | 'onChanged'>;
  supervisor: Pick<PluginSupervisor, 'leaseAccount' | 'use'>;
  sector: Pick<SectorClient, 'request' | 'openData'>;
  events: SectorEvents;
  /** Ids of contributed providers that the user prefers to all others, the first most. */
  preferred(): readonly string[];
}

/** An image that a plugin has open, or is opening. */
interface Served {
  readonly imageId: string;
  readonly process: PluginProcess;
  readonly use: PluginUse;
  readonly leases: string[];
  /** Its name at the plugin; null while it is being opened. */
  handle: string | null;
}

/** Another file that an image needs, or what that holds. */
type Sibling = ServiceParams<'image/lease'>['sibling'] & object;
type Opening = ServiceParams<'image/open'>;

/**
 * Has plugins serve what image files hold: the sector service finds the files by the marks that it is told here, asks for one to be opened, and is
 * connected with the plugin. The host itself sees no byte of it, and opens no file.
 */
export class ServedImages {
  private readonly served = new Map<string, Served>();
  private openings = 0;

  constructor(private readonly options: ServedImagesOptions) {
    const { registry, events } = options;
    events.onImageOpen = (opening, signal) => this.open(opening, signal);
    events.onImageClosed = (imageId) => void this.close(imageId);
    registry.onChanged(() => this.tellFormats());
    this.tellFormats();
  }

  /** See `imageFormat/sibling`; `process` is who asks. @throws InvalidInputError unless it opens that image now */
  async openSibling(process: PluginProcess, openingId: string, sibling: Sibling): Promise<{ lease: Lease; name: string }> {
    const image = this.served.get(openingId);
    if (image?.process !== process || image.handle !== null)
      throw new InvalidInputError(`no image is being opened as ${openingId}`);
    const { lease, path: found } = await this.lease(image, sibling);
    return { lease, name: basename(found) };
  }

  private tellFormats(): void {
    const formats = this.options.registry
      .imageFormats()
      .map(({ contribution: { id, magic, nameEndings = [] } }) => ({ id, magic, nameEndings }));
    // A service that is gone recognises nothing any more.
    void this.options.sector.request('image/formats', { formats }).catch(() => undefined);
  }

  /** Of the plugins that may know the file, the first that takes it for its own; null when none does. */
  private async open(opening: Opening, signal: AbortSignal): Promise<ServiceResult<'image/open'>> {
    for (const candidate of this.candidates(opening.formats)) {
      const info = await this.openBy(candidate, opening, signal);
      if (info) return info;
    }
    return null;
  }

  /** By the user's choice, then by priority. */
  private candidates(formats: readonly string[]): ContributedImageFormat[] {
    const preferred = this.options.preferred();
    const rank = (id: string): number => (preferred.includes(id) ? preferred.indexOf(id) : preferred.length);
    return this.options.registry
      .imageFormats()
      .filter(({ contribution }) => formats.includes(contribution.id))
      .sort(({ contribution: a }, { contribution: b }) => rank(a.id) - rank(b.id) || (b.priority ?? 0) - (a.priority ?? 0));
  }

  private async openBy(
    { plugin, contribution: { id: format, title } }: ContributedImageFormat,
    { imageId, path, snapshot }: Opening,
    signal: AbortSignal,
  ): Promise<ServiceResult<'image/open'>> {
    const use = this.options.supervisor.use(plugin.id);
    const openingId = `${imageId}.${++this.openings}`;
    try {
      const process = await use.activate();
      const image: Served = { imageId, process, use, leases: [], handle: null };
      this.served.set(openingId, image);
      const { lease } = await this.lease(image, null);
      const params = { format, lease, openingId, name: basename(path), snapshot };
      const { handle, type } = await process.request('imageFormat/open', params, signal);
      if (handle === null || type === null) {
        await this.end(openingId);
        return null;
      }
      image.handle = handle;
      await this.connect(image, signal);
      if (signal.aborted) throw new CancelledError();
      return { ...type, title, plugin: plugin.id };
    } catch (error) {
      if (this.served.has(openingId)) await this.end(openingId);
      else use.release();
      throw error;
    }
  }

  /** Connects plugin and service, which is the client. */
  private async connect({ imageId, handle, process }: Served, signal: AbortSignal): Promise<void> {
    const { sector } = this.options;
    const { token } = await sector.request('image/connect', { imageId }, signal);
    await process.sendDescriptor(imageId, await sector.openData(token));
    await process.request('imageFormat/serve', { handle: handle!, connection: imageId }, signal);
  }

  /** A lease of the image (null) or another file that it names, whose socket is on its way to the plugin. */
  private async lease(image: Served, sibling: Sibling | null): Promise<{ lease: Lease; path: string }> {
    const { sector, supervisor } = this.options;
    const { name, plugin, version } = supervisor.leaseAccount(image.process.plugin);
    const asked = { imageId: image.imageId, sibling, holder: `plugin ${plugin}`, account: name, reader: { plugin, version } };
    const { leaseId, token, size, path } = await sector.request('image/lease', asked);
    image.leases.push(leaseId);
    await image.process.sendDescriptor(leaseId, await sector.openData(token));
    return { lease: { leaseId, size, sectorSize: 512, offset: 0 }, path };
  }

  private async close(imageId: string): Promise<void> {
    const ids = [...this.served].filter(([, image]) => image.imageId === imageId).map(([id]) => id);
    await Promise.all(ids.map((id) => this.end(id)));
  }

  private async end(openingId: string): Promise<void> {
    const image = this.served.get(openingId);
    if (!image) return;
    this.served.delete(openingId);
    const { process, handle, leases, use } = image;
    // A plugin that fails to close has its leases taken away all the same.
    if (handle !== null && !process.closed) await process.request('imageFormat/close', { handle }).catch(() => undefined);
    await Promise.all(leases.map((leaseId) => this.options.sector.request('lease/revoke', { leaseId }).catch(() => undefined)));
    use.release();
  }
}
