/** A sector service in the test's own process, reached through its real sockets. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createPeer, type Peer, type PeerHandlers } from '@diskwright/sdk/rpc';
import { onTestFinished } from 'vitest';
import { serviceMessages, type ServiceProtocol } from '../../core/src/common/index';
import { createOverlayOpener } from '../../core/src/sector/overlay/index';
import { SectorService } from '../../core/src/sector/service/service';
import type { StartParameters } from '../../core/src/sector/service/startParameters';

export interface RunningService {
  service: SectorService;
  parameters: StartParameters;
}

export interface ServiceClient {
  peer: Peer<ServiceProtocol>;
  dataSocket: string;
  /** A connection for a one-time token; the token has been sent. */
  data(token: string): Promise<Socket>;
}

/** A service without jobs and plans, which ends with the test. */
export async function startService(dataFolder: string, options: Partial<StartParameters> = {}): Promise<RunningService> {
  const parameters = {
    secret: randomBytes(32).toString('hex'),
    dataFolder,
    elevated: false,
    user: process.getuid!(),
    ...options,
  };
  const service = await SectorService.start(parameters, {
    createOverlayOpener,
    createSimulator: () => ({ simulate: unused }),
    createJobRunner: () => ({
      active: 0,
      start: unused,
      startTogether: unused,
      resume: unused,
      onProgress: () => undefined,
      onEnded: () => undefined,
    }),
  });
  onTestFinished(() => service.end());
  return { service, parameters };
}

/** The control connection. @param handlers of what the service tells */
export async function connectHost(
  { service, parameters }: RunningService,
  handlers: PeerHandlers<ServiceProtocol> = {},
): Promise<ServiceClient> {
  const peer = await controlPeer(service.controlSocket, undefined, handlers);
  const { dataSocket } = await peer.request('hello', { secret: parameters.secret, protocol: 1 });
  const data = async (token: string): Promise<Socket> => {
    const socket = await connectSocket(dataSocket);
    socket.write(`${token}\n`);
    return socket;
  };
  return { peer, dataSocket, data };
}

/** A connection to the control socket that has not said hello. */
export async function controlPeer(
  path: string,
  onClose: () => void = () => undefined,
  handlers: PeerHandlers<ServiceProtocol> = {},
): Promise<Peer<ServiceProtocol>> {
  const stream = await connectSocket(path);
  return createPeer<ServiceProtocol>({
    stream,
    table: serviceMessages,
    side: 'plugin',
    name: 'the service',
    handlers,
    onClose,
  });
}

export function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

async function unused(): Promise<never> {
  throw new Error('not used by this test');
}
