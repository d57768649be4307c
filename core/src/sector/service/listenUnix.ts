import { closeSync, openSync } from 'node:fs';
import { chmod, chown, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { RefusedError } from '@diskwright/sdk/errors';

/** `sun_path` holds 108 bytes with the terminating zero (unix(7)). */
const MAX_PATH_BYTES = 107;

export interface UnixListener {
  /** Stops listening and removes the socket's file; connections live on. Idempotent. */
  close(): Promise<void>;
}

/**
 * Listens on a unix socket that only this user may connect to. Connections are paused and may be half closed. A socket's file that a dead
 * process left is replaced; a longer path than the kernel takes is reached through its folder's descriptor.
 * @param owner the user who may connect, when it is another
 * @throws RefusedError when something else stands at the path
 */
export async function listenUnix(path: string, onConnection: (socket: Socket) => void, owner?: number): Promise<UnixListener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, onConnection);
  const folder = Buffer.byteLength(path) > MAX_PATH_BYTES ? openSync(dirname(path), 'r') : null;
  const address = folder === null ? path : `/proc/self/fd/${folder}/${basename(path)}`;
  const closeFolder = (): void => {
    if (folder !== null) closeSync(folder);
  };
  try {
    await removeDeadSocket(path, address);
    await listen(server, address);
    await chmod(path, 0o600);
    if (owner !== undefined) await chown(path, owner, -1);
  } catch (error) {
    closeFolder();
    throw error instanceof RefusedError
      ? error
      : new RefusedError(`cannot listen on ${path}: ${(error as Error).message}`, { device: path });
  }
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    // Closing removes the file at once; what it waits for is the end of the connections, which is not ours to wait for.
    server.close();
    closeFolder();
  };
  return { close: () => (closing ??= close()) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function removeDeadSocket(path: string, address: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found) return;
  if (!found.isSocket())
    throw new RefusedError(`${path} exists and is no socket`, { device: path, todo: 'Choose another path for the socket.' });
  if (await answers(address))
    throw new RefusedError(`${path} is in use`, { device: path, todo: 'Choose another path for the socket.' });
  await unlink(path);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: address });
    const answer = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
