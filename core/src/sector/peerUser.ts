import type { Socket } from 'node:net';
import { native } from './native';

/** Node keeps the descriptor of a socket in a handle that its types do not show. */
interface WithHandle {
  _handle?: { fd?: number } | null;
}

/** The user at the other end of a unix socket, as the kernel knows it; null when the socket is gone. */
export function peerUser(socket: Socket): number | null {
  const descriptor = (socket as unknown as WithHandle)._handle?.fd;
  if (descriptor === undefined || descriptor < 0) return null;
  try {
    return native.peerCredentials(descriptor).uid;
  } catch {
    return null;
  }
}
