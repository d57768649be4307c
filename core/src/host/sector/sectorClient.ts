import { Socket } from 'node:net';
import { PeerGoneError } from '@diskwright/sdk/errors';
import { createPeer, type Peer } from '@diskwright/sdk/rpc';
import {
  serviceMessages,
  type JobProgress,
  type CompareProgress,
  type JobResult,
  type SearchProgress,
  type ServiceParams,
  type ServiceProtocol,
  type ServiceRequestMethod,
  type ServiceResult,
} from '../../common';
import type { StartedService } from './sectorProcess';

/** What a service tells of the jobs and searches it runs, and of devices that it opened again. */
export interface SectorEvents {
  onProgress?(jobId: string, progress: JobProgress): void;
  onEnded?(jobId: string, result: JobResult): void;
  onDeviceChanged?(deviceId: string, path: string): void;
  /** The service goes on with the search once this has resolved. */
  onSearchProgress?(token: string, progress: SearchProgress): Promise<void>;
  onCompareProgress?(token: string, progress: CompareProgress): Promise<void>;
}

/** The one control connection to a sector service. Closing it ends the service, once no job and no export is left. */
export class SectorClient {
  private constructor(
    private readonly peer: Peer<ServiceProtocol>,
    private readonly dataSocket: string,
    /** The service's process. */
    readonly pid: number,
    /** Settles when the connection is gone, whoever ended it. */
    readonly closed: Promise<void>,
  ) {}

  /** Connects and proves the right to it. `events` may gain members later; they are looked up when something happens. */
  static async connect(service: StartedService, events: SectorEvents): Promise<SectorClient> {
    const stream = await connectTo(service.controlSocket);
    let onClose = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClose = resolve));
    const peer = createPeer<ServiceProtocol>({
      stream,
      table: serviceMessages,
      side: 'plugin',
      name: 'sector service',
      handlers: {
        'job/progress': ({ jobId, progress }) => events.onProgress?.(jobId, progress),
        'job/ended': ({ jobId, result }) => events.onEnded?.(jobId, result),
        'device/changed': ({ deviceId, path }) => events.onDeviceChanged?.(deviceId, path),
        'search/progress': async ({ token, ...progress }) => {
          await events.onSearchProgress?.(token, progress);
          return {};
        },
        'compare/progress': async ({ token, ...progress }) => {
          await events.onCompareProgress?.(token, progress);
          return {};
        },
      },
      onClose: () => onClose(),
    });
    stream.resume();
    const { pid, dataSocket } = await peer.request('hello', { secret: service.secret, protocol: 1 });
    return new SectorClient(peer, dataSocket, pid, closed);
  }

  request<M extends ServiceRequestMethod>(method: M, params: ServiceParams<M>, signal?: AbortSignal): Promise<ServiceResult<M>> {
    return this.peer.request(method, params, signal);
  }

  /**
   * A socket for a one-time token (lease, blob), paused before anything could be read from it, so that it can be handed on whole. The caller owns it.
   */
  async openData(token: string): Promise<Socket> {
    const socket = await connectTo(this.dataSocket);
    await new Promise<void>((resolve, reject) => socket.write(`${token}\n`, (error) => (error ? reject(error) : resolve())));
    return socket;
  }

  close(): void {
    this.peer.close();
  }
}

/** Connects to a unix socket without reading from it. */
function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    socket.pause();
    const fail = (error: Error): void => reject(new PeerGoneError(`cannot reach the sector service: ${error.message}`));
    socket.once('error', fail);
    socket.connect({ path }, () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
