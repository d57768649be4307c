import type { VolumeProxy } from '@diskwright/sdk';
import { InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemNode, Lease, PluginResult } from '@diskwright/sdk/protocol';
import { pullPages } from '@diskwright/sdk/runtime';
import type { Socket } from 'node:net';
import { parseDeviceName } from '../commands/deviceName';
import type { DeviceService } from '../devices/deviceService';
import type { LeaseAccount } from '../providers/deviceAccess';
import type { HeldProviders } from '../providers/heldProviders';
import type { FileOfVolume, ProviderBroker, VolumePlace } from '../providers/providerBroker';
import { type Caller, HOST } from '../providers/providerHandles';
import type { SectorClient } from '../sector/sectorClient';
import { type ContentPiece, readContent } from './readContent';

/** A content that the sector service knows. */
export interface KnownContent {
  contentId: string;
  size: number;
}

export interface NamedFile extends FileOfVolume {
  /** How the user is told of it. */
  name: string;
}

type ContentPage = Pick<PluginResult<'filesystem/contentOf'>, 'size' | 'segments'>;

/** Makes the contents of files known to the sector service, which reads them from then on as it reads devices. */
export class ContentService {
  constructor(
    private readonly sector: SectorClient,
    private readonly devices: DeviceService,
    private readonly broker: Pick<ProviderBroker, 'placeOf' | 'forward'>,
    private readonly held: HeldProviders,
  ) {}

  /**
   * The content of the file that `DEVICE#N:/path` names; links are not followed.
   * @throws InvalidInputError when there is none, or it is no file; what opening the volume throws
   */
  async locate(name: string, signal?: AbortSignal): Promise<KnownContent> {
    const { device: deviceName, partition, path } = parseDeviceName(name);
    if (partition === null || path === null) throw new InvalidInputError(`"${name}" names no file in a volume`);
    const { deviceId } = await this.devices.open(deviceName, undefined, signal);
    return this.held.use(
      deviceId,
      partition,
      async (volume) => {
        if (!volume) {
          throw new NotSupportedError(`${deviceName}#${partition} holds no filesystem that a plugin knows`, {
            device: deviceName,
          });
        }
        const found = await volume.lookup(path);
        return this.ofNode(volume, { name, node: requireFile(found, name) }, signal);
      },
      signal,
    );
  }

  /**
   * The content of a node of a volume that the host itself has open. Whoever is not done with it when the volume closes has to {@link forget} it before.
   * @param file named as the user is told of it
   */
  ofNode(volume: VolumeProxy, file: Pick<NamedFile, 'name' | 'node' | 'stream'>, signal?: AbortSignal): Promise<KnownContent> {
    const place = this.broker.placeOf(HOST, volume.handle);
    return this.make(file, place, volume.contentPages(file.node, file.stream), signal);
  }

  /**
   * The content of a node of a volume that a plugin has open.
   * @throws as the broker's `forward`
   */
  async openFor(caller: Caller, file: NamedFile, signal?: AbortSignal): Promise<KnownContent> {
    const { handle, node, stream, name } = file;
    const pages = pullPages(
      (cursor) => this.broker.forward(caller, 'filesystem/contentOf', { handle, node, stream, cursor }, signal),
      (page) => [page],
    );
    return this.make({ name, node, stream }, this.broker.placeOf(caller, handle), pages, signal);
  }

  /** Its bytes in order, zeros for what cannot be read. @throws what reading throws, a hole in the medium excepted; CancelledError */
  async *read(
    { contentId }: Pick<KnownContent, 'contentId'>,
    range: ByteRange,
    signal?: AbortSignal,
  ): AsyncGenerator<ContentPiece> {
    const { token } = await this.sector.request('content/send', { contentId, ...range }, signal);
    yield* readContent(await this.sector.openData(token), signal);
  }

  /** A lease of all of it, and the device that it lies on; what a plugin reads over it goes into the audit log. The caller owns lease and socket. */
  async lease(
    contentId: string,
    holder: string,
    { name: account, plugin, version }: LeaseAccount,
  ): Promise<{ deviceId: string; lease: Lease; socket: Socket }> {
    const asked = { contentId, holder, account, reader: { plugin, version } };
    const { leaseId, token, deviceId, size } = await this.sector.request('content/lease', asked);
    const { sectorSize } = this.devices.get(deviceId);
    return { deviceId, lease: { leaseId, size, sectorSize, offset: 0 }, socket: await this.sector.openData(token) };
  }

  /** As often as one was opened; what is open of it stays so. Unknown ones are forgotten already. */
  async forget(contentIds: Iterable<string>): Promise<void> {
    // A service that is gone knows nothing any more.
    await Promise.allSettled([...contentIds].map((contentId) => this.sector.request('content/drop', { contentId })));
  }

  /** Tells the service where the bytes of a file are, and who serves those that are nowhere as they are. */
  private async make(
    { name, ...file }: Pick<NamedFile, 'name' | 'node' | 'stream'>,
    { deviceId, range: volume, partition, provider }: VolumePlace,
    pages: AsyncIterable<ContentPage>,
    signal?: AbortSignal,
  ): Promise<KnownContent> {
    const content = { path: name, deviceId, volume, file: { ...file, partition, provider } };
    const { contentId } = await this.sector.request('content/create', content, signal);
    try {
      let total = 0;
      for await (const { size, segments } of pages) {
        total = size;
        await this.sector.request('content/append', { contentId, segments }, signal);
      }
      return { ...(await this.sector.request('content/finish', { contentId, size: total }, signal)), size: total };
    } catch (error) {
      await this.forget([contentId]);
      throw error;
    }
  }
}

function requireFile(found: FilesystemNode | null, name: string): string {
  if (!found) throw new InvalidInputError(`${name} does not exist`, { device: name });
  if (found.type === 'file') return found.node;
  const what = found.type === 'directory' ? 'a folder' : found.type === 'symlink' ? 'a symbolic link' : 'no file with content';
  throw new InvalidInputError(`${name} is ${what}`, {
    device: name,
    todo: found.type === 'symlink' ? 'Name what it leads to: "diskwright stat" shows that.' : 'Name a file.',
  });
}
