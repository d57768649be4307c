import { toWireError } from '@diskwright/sdk/errors';
import {
  CONNECT,
  type Connect,
  type FromPage,
  type LeaveFor,
  MAX_MESSAGE_CHARACTERS,
  MAX_STATE_CHARACTERS,
  type ToPage,
} from '@diskwright/sdk/view';
import { MessageBudget } from './messageBudget';

/** Messages for a page that has not connected yet. */
const MAX_WAITING = 64;

/** Whoever shows a page. */
export interface ChannelOwner {
  request(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  keepState(state: unknown): void;
  leave(where: LeaveFor): void;
  /** The page broke the rules, in words; it is to be taken away. */
  stop(reason: string): void;
}

/** All that a page can say to the workbench, and the workbench to it: JSON over one port, bounded in size and rate. */
export class ViewChannel {
  private port: MessagePort | null = null;
  private readonly budget = new MessageBudget();
  private readonly running = new Map<number, AbortController>();
  private waiting: ToPage[] = [];
  private isClosed = false;

  constructor(private readonly owner: ChannelOwner) {}

  /** Hands the page its end. Its origin is nobody's, so that it cannot be named; `page` is the frame that was asked by. */
  connect(page: Window, connect: Omit<Connect, 'diskwright'>): void {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = (event) => this.take(event);
    page.postMessage({ diskwright: CONNECT, ...connect } satisfies Connect, '*', [port2]);
    for (const message of this.waiting.splice(0)) this.send(message);
  }

  get connected(): boolean {
    return this.port !== null;
  }

  send(message: ToPage): void {
    if (this.isClosed) return;
    if (this.port) this.port.postMessage(JSON.stringify(message));
    else if (message.kind === 'post' && this.waiting.length < MAX_WAITING) this.waiting.push(message);
  }

  /** Counts something that the page sent past the port. */
  count(): void {
    if (!this.isClosed && !this.budget.take()) this.owner.stop('it sends more messages than it may');
  }

  close(): void {
    this.isClosed = true;
    this.port?.close();
    for (const controller of this.running.values()) controller.abort();
  }

  private take(event: MessageEvent): void {
    if (this.isClosed) return;
    // Before the message is looked at: what it holds is made only then.
    if (!this.budget.take()) return this.owner.stop('it sends more messages than it may');
    const message = parse(event.data);
    if (message === null) return this.owner.stop('it sent a message that is none of a view, or too large');
    switch (message.kind) {
      case 'request':
        return void this.answer(message);
      case 'cancel':
        return this.running.get(message.id)?.abort();
      case 'state':
        return this.owner.keepState(message.state);
      case 'leave':
        return this.owner.leave(message.for);
    }
  }

  private async answer({ id, method, params }: FromPage & { kind: 'request' }): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const result = await this.owner.request(method, params, controller.signal);
      this.send({ kind: 'answer', id, result });
    } catch (error) {
      const { message, data } = toWireError(error);
      this.send({ kind: 'failed', id, message, todo: data?.todo ?? null });
    } finally {
      this.running.delete(id);
    }
  }
}

const LEAVES: readonly unknown[] = ['next', 'previous', 'commands', 'quickOpen'] satisfies LeaveFor[];

/** What a page sent; null for anything that it may not send. */
export function parse(data: unknown): FromPage | null {
  if (typeof data !== 'string' || data.length > MAX_MESSAGE_CHARACTERS) return null;
  let message: Partial<Record<string, unknown>> | null;
  try {
    message = JSON.parse(data) as typeof message;
  } catch {
    return null;
  }
  if (typeof message !== 'object' || message === null) return null;
  const { kind, id, method, params = null, state = null } = message;
  switch (kind) {
    case 'request':
      if (!Number.isSafeInteger(id) || typeof method !== 'string' || method === '' || method.length > 256) return null;
      return { kind, id: id as number, method, params };
    case 'cancel':
      return Number.isSafeInteger(id) ? { kind, id: id as number } : null;
    case 'state':
      return data.length > MAX_STATE_CHARACTERS + 64 ? null : { kind, state };
    case 'leave':
      return LEAVES.includes(message['for']) ? { kind, for: message['for'] as LeaveFor } : null;
    default:
      return null;
  }
}
