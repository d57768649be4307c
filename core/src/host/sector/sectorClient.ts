import { Socket } from 'node:net';
import { NotSupportedError, PeerGoneError } from '@diskwright/sdk/errors';
import { createPeer, type Peer } from '@diskwright/sdk/rpc';
import { within } from '../../common/flow/within';
import {
  serviceMessages,
  type JobProgress,
  type CompareProgress,
  type ImageProgress,
  type JobResult,
  type SearchProgress,
  type ServiceParams,
  type ServiceProtocol,
  type ServiceRequestMethod,
  type ServiceResult,
} from '../../common';
import type { StartedService } from './sectorProcess';

const RELEASE_MILLISECONDS = 2000;

/** What a service tells of the jobs and searches it runs, and of devices that it opened again. */
export interface SectorEvents {
  onProgress?(jobId: string, progress: JobProgress): void;
  onEnded?(jobId: string, result: JobResult): void;
  onDeviceChanged?(deviceId: string, path: string): void;
  /** The service goes on with the search once this has resolved. */
  onSearchProgress?(token: string, progress: SearchProgress): Promise<void>;
  /** The service has found an image file; see `image/open`. */
  onImageOpen?(params: ServiceParams<'image/open'>, signal: AbortSignal): Promise<ServiceResult<'image/open'>>;
  onImageClosed?(imageId: string): void;
  onImageProgress?(progress: ImageProgress): void;
  onCompareProgress?(token: string, progress: CompareProgress): Promise<void>;
  /** Finds the file that a device's name stands for, and answers its content's id. */
  onLocateContent?(path: string, signal: AbortSignal): Promise<string>;
  /** Has a volume's provider serve a file; see `content/serve`. */
  onServeContent?(params: ServiceParams<'content/serve'>, signal: AbortSignal): Promise<void>;
  /** Has a device in a container served; see `container/serve`. */
  onServeContainer?(params: ServiceParams<'container/serve'>, signal: AbortSignal): Promise<ServiceResult<'container/serve'>>;
  onServingReleased?(servingId: string): void;
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
        'image/open': (params, { signal }) => events.onImageOpen?.(params, signal) ?? null,
        'image/progress': (progress) => events.onImageProgress?.(progress),
        'image/closed': ({ imageId }) => events.onImageClosed?.(imageId),
        'search/progress': async ({ token, ...progress }) => {
          await events.onSearchProgress?.(token, progress);
          return {};
        },
        'content/locate': async ({ path }, { signal }) => {
          if (!events.onLocateContent) throw new NotSupportedError(`${path} cannot be looked for here`);
          return { contentId: await events.onLocateContent(path, signal) };
        },
        'content/serve': async (params, { signal }) => {
          if (!events.onServeContent) throw new NotSupportedError(`${params.path} cannot be served here`);
          await events.onServeContent(params, signal);
          return {};
        },
        'container/serve': (params, { signal }) => {
          if (!events.onServeContainer) throw new NotSupportedError(`${params.path} cannot be served here`);
          return events.onServeContainer(params, signal);
        },
        'serving/released': ({ servingId }) => events.onServingReleased?.(servingId),
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
    return this.peer.request<M>(method, params, signal);
  }

  /**
   * A socket for a one-time token (lease, blob), paused before anything could be read from it, so that it can be handed on whole. The caller owns it.
   */
  async openData(token: string): Promise<Socket> {
    const socket = await connectTo(this.dataSocket);
    await new Promise<void>((resolve, reject) => socket.write(`${token}\n`, (error) => (error ? reject(error) : resolve())));
    return socket;
  }

  /** Ends in order: whoever wants the devices next finds them free. One that hangs is not waited for. */
  async close(): Promise<void> {
    await within(RELEASE_MILLISECONDS, this.peer.request('release', {}), null).catch(() => undefined);
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
