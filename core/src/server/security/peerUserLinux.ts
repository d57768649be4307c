import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

const known = new WeakMap<Socket, number | null>();

/**
 * The user whose program is at the other end of a loopback connection: the owner of the socket with the addresses the other way round, as the kernel
 * lists it (proc_net_tcp). Null when it is not to be found: there is no /proc, or the program has closed its socket, whose owner then is nobody.
 * Looked up once for a connection.
 */
export function peerUser(socket: Socket): number | null {
  let user = known.get(socket);
  if (user === undefined) {
    user = lookUp(socket);
    known.set(socket, user);
  }
  return user;
}

function lookUp({ localAddress, localPort, remoteAddress, remotePort }: Socket): number | null {
  if (localAddress !== '127.0.0.1' || remoteAddress !== '127.0.0.1') return null;
  if (localPort === undefined || remotePort === undefined) return null;
  const [own, theirs] = [kernelAddress(localPort), kernelAddress(remotePort)];
  for (const line of kernelList().split('\n').slice(1)) {
    const [, local, remote, , , , , user, , inode] = line.trim().split(/\s+/);
    // A socket that its program has closed is listed as root's, without an inode.
    if (local === theirs && remote === own) return inode === '0' ? null : Number(user);
  }
  return null;
}

function kernelList(): string {
  try {
    return readFileSync('/proc/net/tcp', 'latin1');
  } catch {
    return '';
  }
}

/** 127.0.0.1 in the order of this machine's bytes, and the port, in hexadecimal. */
function kernelAddress(port: number): string {
  const address = Buffer.from([127, 0, 0, 1]);
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const value = littleEndian ? address.readUInt32LE(0) : address.readUInt32BE(0);
  const hexadecimal = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');
  return `${hexadecimal(value, 8)}:${hexadecimal(port, 4)}`;
}
