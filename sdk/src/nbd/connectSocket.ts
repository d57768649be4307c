import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { CancelledError, DeviceGoneError } from '../errors';

/**
 * Connects a socket. The caller owns it.
 * @throws DeviceGoneError when nobody listens, CancelledError
 */
export function connectSocket(address: NetConnectOpts, device: string, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new CancelledError());
    const socket = connect(address);
    const onAbort = (): void => void socket.destroy(new CancelledError());
    const onError = (error: Error): void => {
      signal?.removeEventListener('abort', onAbort);
      const todo = 'See whether the NBD server runs and listens there.';
      reject(
        error instanceof CancelledError
          ? error
          : new DeviceGoneError(`${device}: cannot connect: ${error.message}`, { device, todo }),
      );
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      signal?.removeEventListener('abort', onAbort);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
