import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ParameterStructures,
  RequestType,
  ResponseError,
} from 'vscode-jsonrpc/browser';
import { CancelledError, type DiskwrightError, fromWireError, PeerGoneError, type WireError } from '@diskwright/sdk/errors';
import { RPC_PATH } from '../../common/workbench/endpoints';
import { SocketReader, SocketWriter } from './socketMessages';

/** Why a connection ended; code and reason as of the WebSocket. */
export interface SocketEnd {
  code: number;
  reason: string;
}

/** One WebSocket to the host, from when it is open until it is closed; it does not come back. */
export class RpcSocket {
  /** Resolves once, when nothing will come or go any more. */
  readonly ended: Promise<SocketEnd>;
  private readonly connection: MessageConnection;

  private constructor(
    private readonly socket: WebSocket,
    onNotification: (method: string, params: unknown) => void,
  ) {
    this.connection = createMessageConnection(new SocketReader(socket), new SocketWriter(socket));
    this.connection.onNotification((method, params) => onNotification(method, Array.isArray(params) ? params[0] : params));
    this.connection.onError(() => socket.close());
    this.ended = new Promise((resolve) =>
      socket.addEventListener('close', ({ code, reason }) => {
        this.connection.dispose();
        resolve({ code, reason });
      }),
    );
    this.connection.listen();
  }

  /** @throws PeerGoneError when the server does not answer or refuses; a browser does not say which */
  static open(onNotification: (method: string, params: unknown) => void): Promise<RpcSocket> {
    const socket = new WebSocket(new URL(RPC_PATH, location.href.replace(/^http/, 'ws')));
    socket.binaryType = 'arraybuffer';
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new RpcSocket(socket, onNotification)), { once: true });
      socket.addEventListener('close', () => reject(new PeerGoneError('the host cannot be reached')), { once: true });
    });
  }

  /** @throws as {@link import('../api').HostConnection.request} */
  async request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const source = new CancellationTokenSource();
    const type = new RequestType<unknown, unknown, void>(method, ParameterStructures.byName);
    const answer = this.connection.sendRequest(type, params, source.token).catch((error: unknown) => {
      throw typedError(error, method);
    });
    if (!signal) return answer;
    let onAbort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => {
        source.cancel();
        reject(new CancelledError());
      };
    });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([answer, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      // The loser of the race must not count as unhandled.
      answer.catch(() => undefined);
    }
  }

  close(): void {
    this.socket.close(1000);
  }
}

/** vscode-jsonrpc's own codes for what happened at this end: not written, not read, closed while pending. */
const LOCAL_CODES = [-32099, -32098, -32097, -32096];
const REQUEST_CANCELLED = -32800;

function typedError(error: unknown, method: string): DiskwrightError {
  if (error instanceof ResponseError && !LOCAL_CODES.includes(error.code)) {
    return error.code === REQUEST_CANCELLED ? new CancelledError(error.message) : fromWireError(error.toJson() as WireError);
  }
  return new PeerGoneError(`the connection to the host was lost before it answered ${method}`, {
    todo: 'The window reconnects by itself. Try again then.',
  });
}
