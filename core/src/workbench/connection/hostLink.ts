import { CancelledError, DiskwrightError, PeerGoneError, toWireError, fromWireError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { CloseCode, LOGOUT_PATH } from '../../common/workbench/endpoints';
import type {
  WorkbenchNotificationMethod,
  WorkbenchParams,
  WorkbenchRequestMethod,
  WorkbenchResult,
} from '../../common/workbench';
import { type ConnectionState, type Disposable, Emitter, type FileContentRef, type HostConnection, type ReadBytes } from '../api';
import { fetchBytes, fetchContent } from './hostBytes';
import { RpcSocket } from './rpcSocket';

const FIRST_RETRY_MILLISECONDS = 250;
const LAST_RETRY_MILLISECONDS = 8000;

/** Why nothing works any more. */
export type EndReason = 'loggedOut' | 'notSignedIn';

/** The host over WebSockets, one after the other: reaches for it again, with growing pauses, whenever the connection is lost. */
export class HostLink implements HostConnection {
  private readonly stateChanged = new Emitter<ConnectionState>();
  readonly onDidChangeState = this.stateChanged.event;
  private readonly listeners = new Map<string, Emitter<unknown>>();
  private current: ConnectionState = 'connecting';
  private socket: RpcSocket | null = null;
  private endReason: EndReason | null = null;
  /** When the next attempt begins while the connection is lost, in milliseconds since 1970. */
  nextAttempt: number | null = null;
  private wake: () => void = () => undefined;

  get state(): ConnectionState {
    return this.current;
  }

  /** Set once the state is `ended`. */
  get reason(): EndReason | null {
    return this.endReason;
  }

  /** Connects and stays connected; resolves when the state is `ended`. */
  async run(): Promise<void> {
    let pause = FIRST_RETRY_MILLISECONDS;
    while (this.current !== 'ended') {
      const socket = await RpcSocket.open((method, params) => this.dispatch(method, params)).catch(() => null);
      if (socket) {
        pause = FIRST_RETRY_MILLISECONDS;
        this.socket = socket;
        this.setState('connected');
        const { code } = await socket.ended;
        this.socket = null;
        if (code === CloseCode.LoggedOut) return this.end('loggedOut');
      }
      this.setState('lost');
      if (await isRefused()) return this.end('notSignedIn');
      await this.pause(pause);
      pause = Math.min(pause * 2, LAST_RETRY_MILLISECONDS);
    }
  }

  /** Tries at once instead of waiting for the next attempt. */
  retry(): void {
    this.wake();
  }

  /** Ends the session in all windows, this one too. @throws PeerGoneError */
  async logOut(): Promise<void> {
    const response = await fetch(LOGOUT_PATH, { method: 'POST' }).catch(() => null);
    if (!response?.ok) throw new PeerGoneError('the host did not answer to the log out', { todo: 'Try again.' });
  }

  async request<M extends WorkbenchRequestMethod>(
    method: M,
    params: WorkbenchParams<M>,
    signal?: AbortSignal,
  ): Promise<WorkbenchResult<M>> {
    const socket = await this.connected(signal);
    return (await socket.request(method, params, signal)) as WorkbenchResult<M>;
  }

  on<M extends WorkbenchNotificationMethod>(method: M, listener: (params: WorkbenchParams<M>) => void): Disposable {
    // A listener of one method only ever gets that method's parameters.
    const own = listener as (params: unknown) => void;
    let emitter = this.listeners.get(method);
    if (!emitter) {
      emitter = new Emitter();
      this.listeners.set(method, emitter);
    }
    return emitter.event(own);
  }

  readBytes(deviceId: string, range: ByteRange, signal?: AbortSignal): Promise<ReadBytes> {
    return this.fetched(() => fetchBytes(deviceId, range, signal), signal);
  }

  readContent(file: FileContentRef, range: ByteRange, signal?: AbortSignal): Promise<ReadBytes> {
    return this.fetched(() => fetchContent(file, range, signal), signal);
  }

  private async fetched(read: () => Promise<ReadBytes>, signal?: AbortSignal): Promise<ReadBytes> {
    await this.connected(signal);
    try {
      return await read();
    } catch (error) {
      if (signal?.aborted) throw new CancelledError();
      throw error instanceof DiskwrightError ? error : fromWireError(toWireError(error));
    }
  }

  /** Waits while the connection is lost. @throws PeerGoneError when it has ended, CancelledError */
  private async connected(signal?: AbortSignal): Promise<RpcSocket> {
    if (signal?.aborted) throw new CancelledError();
    while (!this.socket) {
      if (this.current === 'ended') {
        throw new PeerGoneError('this window is no longer connected to the host', {
          todo: 'Open the address that diskwright printed in its terminal.',
        });
      }
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          subscription.dispose();
          reject(new CancelledError());
        };
        const subscription = this.onDidChangeState(() => {
          subscription.dispose();
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      });
    }
    return this.socket;
  }

  private dispatch(method: string, params: unknown): void {
    this.listeners.get(method)?.fire(params);
  }

  private async pause(milliseconds: number): Promise<void> {
    this.nextAttempt = Date.now() + milliseconds;
    this.stateChanged.fire(this.current);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.nextAttempt = null;
  }

  private end(reason: EndReason): void {
    this.endReason = reason;
    this.setState('ended');
  }

  private setState(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    this.stateChanged.fire(state);
  }
}

/** Whether the server is there but takes this page for a stranger; a WebSocket that fails does not tell that from a server that is gone. */
async function isRefused(): Promise<boolean> {
  try {
    const { status } = await fetch('/', { method: 'HEAD', cache: 'no-store' });
    return status === 401 || status === 403;
  } catch {
    return false;
  }
}
