import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Two ends of a real unix stream socket, with the back-pressure of one. The caller owns both. Nothing of it stays in the file system.
 * @param options.pauseOnAccept the second end is not read from until it is resumed
 */
export async function socketPair(options: { pauseOnAccept?: boolean } = {}): Promise<[Socket, Socket]> {
  const folder = await mkdtemp(join(tmpdir(), 'dw-pair-'));
  const server = createServer({ pauseOnConnect: options.pauseOnAccept ?? false });
  try {
    const path = join(folder, 'socket');
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const first = connect(path);
    await new Promise<void>((resolve, reject) => first.once('error', reject).once('connect', resolve));
    return [first, await accepted];
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
