/** Notices everything that reaches it: what a page that is kept from the network must not do. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Catcher {
  /** Of TCP, and of UDP. */
  port: number;
  /** The first line of each connection, as far as one was sent, and each datagram; in order. */
  caught: string[];
}

/** Listens until the test ends. */
export async function startCatcher(): Promise<Catcher> {
  const caught: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const index = caught.push('a connection') - 1;
    socket.once('data', (data) => (caught[index] = data.toString('latin1').split('\r\n', 2).join(' ')));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const datagrams = createSocket('udp4', () => caught.push('a datagram')).bind(port, '127.0.0.1');
  await once(datagrams, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    datagrams.close();
  });
  return { port, caught };
}
