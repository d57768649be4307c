import type { Socket } from 'node:net';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { ExtentListParser } from '@diskwright/sdk/extents';
import type { BlobRef, ByteRange, ExtentsRef, Lease, SectorSize } from '@diskwright/sdk/protocol';
import type { ImageProgress, ListedDevice, OpenedDevice } from '../../common';
import { type Disposable, Listeners } from '../listeners';
import type { LeaseAccount } from '../providers/deviceAccess';
import type { SectorClient } from '../sector/sectorClient';
import { resolveDeviceName } from './resolveDeviceName';

/** A lease with its connected, paused socket; whoever gets it owns both. */
export interface GrantedLease {
  lease: Lease;
  socket: Socket;
}

/** Devices as the host knows them: names on one side, ids of the sector service on the other. */
export class DeviceService {
  private readonly opened = new Map<string, OpenedDevice>();
  private readonly resting = new Listeners<string>();
  private readonly opening = new Listeners<ImageProgress>();

  /** @param dataFolder where overlays lie */
  constructor(
    private readonly sector: SectorClient,
    private readonly dataFolder: string,
  ) {}

  async list(): Promise<ListedDevice[]> {
    return (await this.sector.request('device/list', {})).devices;
  }

  /**
   * Opens a device for reading: a path, an NBD URI, or an overlay's name; see {@link resolveDeviceName}.
   * @param sectorSize forces that of an image file
   * @param wanted `users`: the answer says by whom it is used, which takes a look at all processes
   */
  async open(path: string, sectorSize?: SectorSize, signal?: AbortSignal, wanted?: 'users'): Promise<OpenedDevice> {
    const name = resolveDeviceName(path, this.dataFolder);
    const asked = { path: name, ...(sectorSize && { sectorSize }), ...(wanted && { users: true }) };
    const device = await this.sector.request('device/open', asked, signal);
    this.opened.set(device.deviceId, device);
    return device;
  }

  /** What was opened under this absolute name last; null when nothing was. */
  known(path: string): OpenedDevice | null {
    return [...this.opened.values()].findLast((device) => device.path === path) ?? null;
  }

  /** Undoes one opening. Its id is void from now on, also for others who have it: for devices that nobody else knows. */
  async close(deviceId: string): Promise<void> {
    this.opened.delete(deviceId);
    await this.sector.request('device/close', { deviceId });
  }

  /** Forgets ids that the service has closed by itself. */
  drop(deviceIds: string[]): void {
    for (const deviceId of deviceIds) this.opened.delete(deviceId);
  }

  /** Ids under which this absolute name is open. */
  idsOf(path: string): string[] {
    return [...this.opened.values()].filter((device) => device.path === path).map(({ deviceId }) => deviceId);
  }

  /** A device opened before. @throws InvalidInputError for an unknown id */
  get(deviceId: string): OpenedDevice {
    const device = this.opened.get(deviceId);
    if (!device) throw new InvalidInputError(`there is no open device ${deviceId}`);
    return device;
  }

  /** Bytes for matching magics and for the hex dump, in pieces of at most 64 KiB. With `unreadable`, unreadable sectors are zeros. */
  async peek(deviceId: string, offset: number, length: number, signal?: AbortSignal, unreadable?: 'zeros'): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let at = 0; at < length; at += 65536) {
      const piece = { deviceId, offset: offset + at, length: Math.min(65536, length - at), ...(unreadable && { unreadable }) };
      const { bytes } = await this.sector.request('device/read', piece, signal);
      parts.push(Buffer.from(bytes, 'base64'));
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /**
   * Whether the device is open, without opening it or keeping it open.
   * @throws what it answers, or why it was lost
   */
  async check(deviceId: string): Promise<boolean> {
    return (await this.sector.request('device/check', { deviceId })).open;
  }

  /** Closes the device as soon as nothing uses it; its next use opens it again. */
  async rest(deviceId: string): Promise<void> {
    this.resting.tell(deviceId);
    await this.sector.request('device/rest', { deviceId });
  }

  /** Is told a device's id when what keeps it open is to be given up, without need. */
  onResting(listener: (deviceId: string) => void): Disposable {
    return this.resting.add(listener);
  }

  /** Is told how far the opening of an image is that takes long. */
  onOpening(listener: (progress: ImageProgress) => void): Disposable {
    return this.opening.add(listener);
  }

  tellOpening(progress: ImageProgress): void {
    this.opening.tell(progress);
  }

  /** What was or will be opened under these names stays open while nothing uses it; all else does not. */
  async keep(paths: string[]): Promise<void> {
    await this.sector.request('device/keep', { paths });
  }

  /** A read lease of a range of a device (the whole by default) for `holder`, named in messages; what a plugin reads over it goes into the audit log. */
  async lease(
    deviceId: string,
    range: ByteRange | undefined,
    holder: string,
    account?: LeaseAccount,
    signal?: AbortSignal,
  ): Promise<GrantedLease> {
    const device = this.get(deviceId);
    const { offset, length } = range ?? { offset: 0, length: device.size };
    const asked = {
      deviceId,
      offset,
      length,
      holder,
      ...(account && { account: account.name, reader: { plugin: account.plugin, version: account.version } }),
    };
    const { leaseId, token } = await this.sector.request('lease/create', asked, signal);
    const socket = await this.sector.openData(token);
    return { lease: { leaseId, size: length, sectorSize: device.sectorSize, offset }, socket };
  }

  /** The bytes that were read under each account; see {@link lease}. */
  async bytesRead(accounts: string[]): Promise<number[]> {
    return (await this.sector.request('lease/usage', { accounts })).bytesRead;
  }

  async revoke(leaseId: string): Promise<void> {
    await this.sector.request('lease/revoke', { leaseId });
  }

  /** A socket to write a blob to; see `blob/put` of the plugin protocol. */
  async putBlob(kind: 'extents' | 'bytes'): Promise<Socket> {
    return this.sector.openData((await this.sector.request('blob/put', { kind })).token);
  }

  /** A socket to read a blob from. */
  async getBlob(reference: BlobRef): Promise<Socket> {
    return this.sector.openData((await this.sector.request('blob/get', reference)).token);
  }

  /** Every extent of a list, as they come. @throws InvalidInputError when the list is cut short */
  async *extents(reference: ExtentsRef): AsyncGenerator<ByteRange[]> {
    let page: ByteRange[] = [];
    const parser = new ExtentListParser((offset, length) => page.push({ offset, length }));
    for await (const piece of await this.getBlob({ digest: reference.digest, bytes: reference.bytes })) {
      parser.take(piece as Buffer);
      if (page.length > 0) yield page;
      page = [];
    }
    parser.end();
  }

  /** Serves a device over NBD on a socket that only this user can reach; answers the id by which {@link stopExport} ends it. */
  async export(deviceId: string, socketPath: string, writable: boolean): Promise<string> {
    return (await this.sector.request('export/start', { deviceId, socketPath, writable })).exportId;
  }

  async stopExport(exportId: string): Promise<void> {
    await this.sector.request('export/stop', { exportId });
  }
}
