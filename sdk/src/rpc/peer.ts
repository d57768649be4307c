import type { Duplex } from 'node:stream';
import type { DiskwrightError } from '../errors';
import type {
  MessageDescriptor,
  NotificationMethods,
  ParamsOf,
  RequestMethods,
  ResultOf,
  MessageTypes,
} from '../protocol/messageTable';
import type { RpcLimits } from './limits';
import { PeerConnection } from './peerConnection';

/**
 * Which end of the table a peer is: `host` sends what is marked `toPlugin` and answers `toHost`, `plugin` the other way round. On the private
 * protocol of the sector service, the service is the `host` side of its table and the Diskwright host the `plugin` side.
 */
export type PeerSide = 'host' | 'plugin';

export interface HandlerContext {
  /** Aborts when the peer cancels the request, and when the connection is lost. */
  readonly signal: AbortSignal;
}
/** The answers to what the peer may send, by method. A missing one answers NotSupported; a missing notification is dropped. */
export type PeerHandlers<T extends MessageTypes> = {
  [M in keyof T]?: (params: ParamsOf<T, M>, context: HandlerContext) => ResultOf<T, M> | Promise<ResultOf<T, M>>;
};

export interface PeerOptions<T extends MessageTypes> {
  /** The connection; owned by the peer from now on, and destroyed with it. */
  stream: Duplex;
  /** Every message that may cross, with its validators. */
  table: Record<string, MessageDescriptor>;
  side: PeerSide;
  /** Who is at the other end, for error messages: `plugin fs-ext`. */
  name: string;
  handlers: PeerHandlers<T>;
  /** Called for every request and notification received, before its handler; what it throws is the answer. For capability gates. */
  gate?: (descriptor: MessageDescriptor) => void;
  /** Called once, when no message will come or go any more. `error` is null when either end closed in order. */
  onClose?: (error: DiskwrightError | null) => void;
  /** The peer sent something that was dropped: an unknown or invalid notification. For its log. */
  onViolation?: (error: DiskwrightError) => void;
  limits?: Partial<RpcLimits>;
}

/** A typed, bounded, validated connection. */
export interface Peer<T extends MessageTypes> {
  /** Requests sent and not answered yet. */
  readonly pending: number;
  readonly closed: boolean;
  /** Messages that came from the peer, answers included. */
  readonly received: number;
  /**
   * Sends a request and waits for its answer.
   * @param signal aborting it sends `$/cancelRequest`; the promise then rejects with CancelledError, at the peer's answer or after the grace
   * @throws CancelledError, PeerGoneError, FrameTooLargeError (not sent; the connection lives), FailedError when the result is not as its schema
   * says, InvalidInputError for a method that this side may not send, and whatever the peer answered
   */
  request<M extends RequestMethods<T>>(method: M, params: ParamsOf<T, M>, signal?: AbortSignal): Promise<ResultOf<T, M>>;
  /**
   * Sends a notification. Resolves when the bytes were handed on, which is back-pressure for whoever waits, and also when the connection is
   * gone: nobody can tell the difference.
   * @throws FrameTooLargeError, InvalidInputError for a method that this side may not send
   */
  notify<M extends NotificationMethods<T>>(method: M, params: ParamsOf<T, M>): Promise<void>;
  /** Ends the connection: pending requests reject with PeerGoneError, handlers that run are aborted. May be called again. */
  close(error?: DiskwrightError): void;
}

/** Starts to read at once; answers to what comes in are given by `handlers`. */
export function createPeer<T extends MessageTypes>(options: PeerOptions<T>): Peer<T> {
  return new PeerConnection<T>(options);
}
