import { Socket } from 'node:net';
import { CancelledError, FailedError } from '../errors';

const ARRIVAL_MILLISECONDS = 10_000;
/** Sockets that came and that nobody has asked for yet. */
const MAX_UNCLAIMED = 64;

/** The part of `process` that receives descriptors. */
export interface DescriptorProcess {
  on(event: 'message', listener: (message: unknown, handle: unknown) => void): unknown;
}

/**
 * Receives connected sockets over Node's IPC channel. The host sends `{descriptor: id}` with each, before or after the message that names the id;
 * whoever takes a socket owns it.
 */
export class DescriptorChannel {
  private readonly arrived = new Map<string, Socket>();
  private readonly awaited = new Map<string, (socket: Socket) => void>();

  constructor(source: DescriptorProcess) {
    source.on('message', (message, handle) => this.receive(message, handle));
  }

  /** @throws CancelledError, FailedError when it does not come within ten seconds */
  take(id: string, signal: AbortSignal): Promise<Socket> {
    const socket = this.arrived.get(id);
    if (socket) {
      this.arrived.delete(id);
      return Promise.resolve(socket);
    }
    if (signal.aborted) return Promise.reject(new CancelledError());
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.awaited.delete(id);
        action();
      };
      const onAbort = (): void => settle(() => reject(new CancelledError()));
      const late = (): void => reject(new FailedError(`no socket came for ${id} within ${ARRIVAL_MILLISECONDS / 1000} seconds`));
      const timer = setTimeout(() => settle(late), ARRIVAL_MILLISECONDS);
      signal.addEventListener('abort', onAbort, { once: true });
      this.awaited.set(id, (arrived) => settle(() => resolve(arrived)));
    });
  }

  private receive(message: unknown, handle: unknown): void {
    if (!(handle instanceof Socket)) return;
    const id = (message as { descriptor?: unknown } | null)?.descriptor;
    if (typeof id !== 'string') {
      handle.destroy();
      return;
    }
    // Until its owner listens, a socket that breaks must not end the process.
    handle.on('error', () => undefined);
    const waiting = this.awaited.get(id);
    if (waiting) {
      waiting(handle);
      return;
    }
    this.arrived.set(id, handle);
    if (this.arrived.size <= MAX_UNCLAIMED) return;
    const [oldest, socket] = this.arrived.entries().next().value!;
    this.arrived.delete(oldest);
    socket.destroy();
  }
}
