import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  NotificationType,
  ParameterStructures,
  RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import {
  CancelledError,
  DiskwrightError,
  FailedError,
  FrameTooLargeError,
  InvalidInputError,
  NotSupportedError,
  PeerGoneError,
} from '../errors';
import type {
  MessageDescriptor,
  NotificationMethods,
  ParamsOf,
  RequestMethods,
  ResultOf,
  MessageTypes,
} from '../protocol/messageTable';
import { BoundedMessageReader } from './boundedReader';
import { BoundedMessageWriter } from './boundedWriter';
import { RPC_LIMITS, type RpcLimits } from './limits';
import { MessageRate } from './messageRate';
import type { HandlerContext, Peer, PeerOptions } from './peer';
import { RequestWindow } from './requestWindow';
import { describeInvalid } from './validation';
import { fromResponseError, saysCancelled, toResponseError } from './wireErrors';

type AnyHandler = (params: unknown, context: HandlerContext) => unknown;

/** The implementation of {@link Peer} over a vscode-jsonrpc connection with our bounded reader and writer. */
export class PeerConnection<T extends MessageTypes> implements Peer<T> {
  private readonly limits: RpcLimits;
  private readonly connection: MessageConnection;
  private readonly reader: BoundedMessageReader;
  private readonly writer: BoundedMessageWriter;
  private readonly running = new Set<AbortController>();
  /** Aborts when the connection ends; notifications have no cancellation of their own. */
  private readonly lifetime = new AbortController();
  private readonly window: RequestWindow;
  private pendingCount = 0;
  private readonly refusals: MessageRate;
  private closeReason: DiskwrightError | null = null;
  private isClosed = false;

  constructor(private readonly options: PeerOptions<T>) {
    this.limits = { ...RPC_LIMITS, ...options.limits };
    this.window = new RequestWindow(this.limits.outgoingRequests);
    this.writer = new BoundedMessageWriter(options.stream, this.limits);
    this.refusals = new MessageRate(this.limits.refusedPerSecond);
    this.reader = new BoundedMessageReader(options.stream, this.limits);
    this.connection = createMessageConnection(this.reader, this.writer);
    // A socket that breaks is how a process ends that does not say goodbye; only what the peer did wrong is an error of its own.
    this.connection.onError(([error]) => this.close(error instanceof DiskwrightError ? error : undefined));
    this.connection.onClose(() => this.close());
    for (const descriptor of Object.values(options.table)) this.register(descriptor);
    this.connection.onRequest((method: string) => {
      throw toResponseError(this.unexpected(method));
    });
    this.connection.onNotification((method: string) => options.onViolation?.(this.unexpected(method)));
    this.connection.listen();
  }

  get pending(): number {
    return this.pendingCount;
  }

  get received(): number {
    return this.reader.rate.total;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  async request<M extends RequestMethods<T>>(method: M, params: ParamsOf<T, M>, signal?: AbortSignal): Promise<ResultOf<T, M>> {
    const descriptor = this.sendable(method, 'request');
    if (signal?.aborted) throw new CancelledError();
    this.pendingCount++;
    try {
      const turn = this.window.enter();
      if (turn) await turn;
      const room = this.writer.room();
      if (room) await room;
      try {
        return (await this.send(descriptor, params, signal)) as ResultOf<T, M>;
      } finally {
        this.window.leave();
      }
    } finally {
      this.pendingCount--;
    }
  }

  async notify<M extends NotificationMethods<T>>(method: M, params: ParamsOf<T, M>): Promise<void> {
    this.sendable(method, 'notification');
    if (this.isClosed) return;
    const sent = this.connection.sendNotification(new NotificationType<unknown>(method, ParameterStructures.byName), params);
    const refusal = this.writer.refusal;
    await sent.catch(() => undefined);
    if (refusal) throw refusal;
  }

  close(error?: DiskwrightError): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.closeReason = error ?? null;
    this.lifetime.abort();
    for (const controller of this.running) controller.abort();
    this.connection.dispose();
    const { stream } = this.options;
    if (error || this.writer.waitingBytes === 0) stream.destroy();
    // Answers that are on their way still leave; a peer that does not take them is not waited for.
    else {
      const timer = setTimeout(() => stream.destroy(), 1000).unref();
      stream.once('finish', () => {
        clearTimeout(timer);
        stream.destroy();
      });
      this.writer.end();
    }
    this.options.onClose?.(this.closeReason);
  }

  private async send(descriptor: MessageDescriptor, params: unknown, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted) throw new CancelledError();
    if (this.isClosed) throw this.gone(descriptor.method);
    const source = new CancellationTokenSource();
    const type = new RequestType<unknown, unknown, void>(descriptor.method, ParameterStructures.byName);
    this.reader.rate.expect();
    const answer = this.connection.sendRequest(type, params, source.token);
    const refusal = this.writer.refusal;
    const grace = graceAfterAbort(signal, this.limits.cancelGraceMilliseconds, () => {
      if (!this.isClosed) source.cancel();
    });
    try {
      const result = await Promise.race([answer, grace.ended]);
      if (signal?.aborted) throw new CancelledError();
      const invalid = descriptor.validateResult && describeInvalid(descriptor.validateResult, result);
      if (invalid) throw new FailedError(`${this.options.name} answered ${descriptor.method} with an invalid result: ${invalid}`);
      return result;
    } catch (error) {
      if (refusal) throw refusal;
      throw signal?.aborted ? new CancelledError() : this.answeredError(error, descriptor.method);
    } finally {
      grace.dispose();
      source.dispose();
    }
  }

  private answeredError(error: unknown, method: string): DiskwrightError {
    if (error instanceof DiskwrightError) return error;
    if (!(error instanceof ResponseError)) return this.gone(method);
    const local = error.code === ErrorCodes.PendingResponseRejected || error.code === ErrorCodes.MessageWriteError;
    if (local) return this.gone(method);
    if (saysCancelled(error)) return new CancelledError(error.message);
    const answered = fromResponseError(error);
    // Of an answer that was too large only this is left, and nothing in it says whose it was.
    if (answered instanceof FrameTooLargeError)
      return new FrameTooLargeError(`${this.options.name} could not answer ${method}: ${answered.message}`, answered.detail);
    return answered;
  }

  private gone(method: string): PeerGoneError {
    const why = this.closeReason ? `: ${this.closeReason.message}` : '';
    return new PeerGoneError(`${this.options.name} ended before it answered ${method}${why}`, {
      todo: this.closeReason?.detail.todo,
    });
  }

  private register(descriptor: MessageDescriptor): void {
    if (!this.receives(descriptor)) return;
    const handler = Object.hasOwn(this.options.handlers, descriptor.method)
      ? (this.options.handlers[descriptor.method] as AnyHandler | undefined)
      : undefined;
    if (!handler) return;
    if (descriptor.kind === 'request') {
      const type = new RequestType<unknown, unknown, unknown>(descriptor.method, ParameterStructures.byName);
      this.connection.onRequest(type, (params, token) => this.answer(descriptor, handler, params, token));
    } else {
      const type = new NotificationType<unknown>(descriptor.method, ParameterStructures.byName);
      this.connection.onNotification(type, (params) => this.take(descriptor, handler, params));
    }
  }

  private async answer(
    descriptor: MessageDescriptor,
    handler: AnyHandler,
    params: unknown,
    token: { readonly isCancellationRequested: boolean; onCancellationRequested: (listener: () => void) => { dispose(): void } },
  ): Promise<unknown> {
    if (this.running.size + this.reader.queuedRequests >= this.limits.runningRequests)
      return toResponseError(this.refuseRequest());
    const controller = new AbortController();
    this.running.add(controller);
    if (token.isCancellationRequested) controller.abort();
    const subscription = token.onCancellationRequested(() => controller.abort());
    try {
      this.check(descriptor, params);
      // Of a peer that is behind with reading, no more is begun: it is the other answers that are in the way.
      const room = this.writer.room();
      if (room) await room;
      controller.signal.throwIfAborted();
      const result = await handler(params, { signal: controller.signal });
      return controller.signal.aborted ? toResponseError(new CancelledError()) : result;
    } catch (error) {
      return toResponseError(controller.signal.aborted ? new CancelledError() : error);
    } finally {
      subscription.dispose();
      this.running.delete(controller);
    }
  }

  private refuseRequest(): FailedError {
    const { runningRequests } = this.limits;
    if (!this.refusals.take())
      this.close(new PeerGoneError(`more than the ${runningRequests} requests allowed were open, and it went on asking`));
    return new FailedError(`more than ${runningRequests} requests run at once; wait for some of them`);
  }

  private async take(descriptor: MessageDescriptor, handler: AnyHandler, params: unknown): Promise<void> {
    try {
      this.check(descriptor, params);
      await handler(params, { signal: this.lifetime.signal });
    } catch (error) {
      this.options.onViolation?.(error instanceof DiskwrightError ? error : new FailedError(String(error)));
    }
  }

  /** @throws InvalidInputError naming the path, or what the gate throws */
  private check(descriptor: MessageDescriptor, params: unknown): void {
    this.options.gate?.(descriptor);
    const invalid = describeInvalid(descriptor.validateParams, params);
    if (invalid) throw new InvalidInputError(`${descriptor.method}: ${invalid}`);
  }

  private receives(descriptor: MessageDescriptor): boolean {
    return descriptor.direction === 'both' || descriptor.direction === (this.options.side === 'host' ? 'toHost' : 'toPlugin');
  }

  private sendable(method: string, kind: MessageDescriptor['kind']): MessageDescriptor {
    const descriptor = Object.hasOwn(this.options.table, method) ? this.options.table[method] : undefined;
    const direction = this.options.side === 'host' ? 'toPlugin' : 'toHost';
    if (descriptor?.kind === kind && (descriptor.direction === 'both' || descriptor.direction === direction)) return descriptor;
    throw new InvalidInputError(`${method} is no ${kind} that may be sent to ${this.options.name}`);
  }

  /** Why a message that came in has no handler here. */
  private unexpected(method: string): DiskwrightError {
    const descriptor = Object.hasOwn(this.options.table, method) ? this.options.table[method] : undefined;
    if (!descriptor) return new NotSupportedError(`${method} is not a message of this protocol`);
    if (!this.receives(descriptor))
      return new InvalidInputError(`${method} goes the other way: it may not be sent by ${this.options.name}`);
    return new NotSupportedError(`${method} is not handled by this end`);
  }
}

/** Calls `cancel` when the signal aborts, and rejects `ended` some time later, so that nobody waits for a peer that ignores a cancel. */
function graceAfterAbort(
  signal: AbortSignal | undefined,
  milliseconds: number,
  cancel: () => void,
): { ended: Promise<never>; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    onAbort = () => {
      cancel();
      timer = setTimeout(() => reject(new CancelledError()), milliseconds).unref();
    };
  });
  ended.catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    ended,
    dispose: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
