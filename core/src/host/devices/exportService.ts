import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { ensureFolder } from '../paths';
import type { DeviceService } from './deviceService';

/** A device that is served over NBD. */
export interface DeviceExport {
  exportId: string;
  socketPath: string;
  /** What NBD tools take. */
  uri: string;
}

/** Longer ones fit no address of a socket. */
const MAX_SOCKET_PATH_BYTES = 107;

/** Devices served over NBD on sockets that only this user can reach, until they are stopped or the host ends and their last client has gone. */
export class ExportService {
  constructor(
    private readonly devices: DeviceService,
    private readonly dataFolder: string,
  ) {}

  /**
   * @param socketPath null: one is made in the data folder
   * @throws InvalidInputError, RefusedError when the socket cannot be made or the device cannot be written
   */
  async start(deviceId: string, socketPath: string | null, writable: boolean): Promise<DeviceExport> {
    this.devices.get(deviceId);
    const socket = socketPath === null ? this.freePath() : resolve(socketPath);
    // The system would take what stands before it for the whole path.
    if (socket.includes('\0')) throw new InvalidInputError('the path of a socket cannot hold a zero character');
    if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
      throw new InvalidInputError(`${socket} is too long for a socket: the system takes ${MAX_SOCKET_PATH_BYTES} bytes`, {
        todo: 'Choose a shorter path.',
      });
    }
    const exportId = await this.devices.export(deviceId, socket, writable);
    return { exportId, socketPath: socket, uri: `nbd+unix:///?socket=${encodeURIComponent(socket).replaceAll('%2F', '/')}` };
  }

  /** @throws InvalidInputError for an unknown export */
  async stop(exportId: string): Promise<void> {
    await this.devices.stopExport(exportId);
  }

  private freePath(): string {
    return join(ensureFolder(this.dataFolder, 'exports'), `${randomBytes(4).toString('hex')}.sock`);
  }
}
