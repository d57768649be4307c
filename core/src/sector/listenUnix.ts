import { randomBytes } from 'node:crypto';
import { chown, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { RefusedError } from '@diskwright/sdk/errors';

/** `sun_path` holds 108 bytes with the terminating zero (unix(7)). */
const MAX_PATH_BYTES = 107;

export interface UnixListener {
  /** Stops listening and removes the socket's file; connections live on. Idempotent. */
  close(): Promise<void>;
}

/**
 * Listens on a unix socket that only this user may connect to. Connections are paused and may be half closed. A socket's file
 * that a dead process left is replaced; a longer path than the kernel takes is reached through its folder's descriptor.
 * @param owner the user who may connect, when it is another
 * @throws RefusedError when something else stands at the path
 */
export async function listenUnix(path: string, onConnection: (socket: Socket) => void, owner?: number): Promise<UnixListener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, onConnection);
  const short = Buffer.byteLength(path) <= MAX_PATH_BYTES;
  try {
    await removeDeadSocket(path, short);
    if (short) await listen(server, path);
    else await listenAtLongPath(server, path);
    if (owner !== undefined) await chown(path, owner, -1);
  } catch (error) {
    server.close();
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(`cannot listen on ${path}: ${(error as Error).message}`, { device: path });
  }
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    // Not awaited: it waits for the end of all connections, which is not ours to wait for.
    server.close();
    await rm(path, { force: true });
  };
  return { close: () => (closed ??= close()) };
}

/** Made under a short name beside its place, reached through the folder's descriptor, then renamed. */
async function listenAtLongPath(server: Server, path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    const name = `.diskwright-${randomBytes(6).toString('hex')}`;
    await listen(server, `/proc/self/fd/${folder.fd}/${name}`);
    await rename(join(dirname(path), name), path);
  } finally {
    await folder.close();
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Binding happens within the call: at no moment is the socket open to others.
    const umask = process.umask(0o177);
    server.listen({ path }, () => {
      server.off('error', reject);
      resolve();
    });
    process.umask(umask);
  });
}

/** At a long path a dead socket cannot be told from a living one, so it stays. */
async function removeDeadSocket(path: string, short: boolean): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found) return;
  if (!found.isSocket())
    throw new RefusedError(`${path} exists and is no socket`, { device: path, todo: 'Choose another path for the socket.' });
  if (!short || (await answers(path)))
    throw new RefusedError(`${path} is in use`, { device: path, todo: 'Choose another path for the socket.' });
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const answer = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
