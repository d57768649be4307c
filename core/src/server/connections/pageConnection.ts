import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { type DiskwrightError, FailedError, type ErrorCodeName } from '@diskwright/sdk/errors';
import { createPeer, NewestOnly, type Peer, type PeerHandlers } from '@diskwright/sdk/rpc';
import type { WorkbenchNotificationMethod, WorkbenchParams, WorkbenchProtocol } from '../../common/workbench';
import { CloseCode } from '../../common/workbench/endpoints';
import { workbenchMessages } from '../../common/workbench/generated/messages';
import type { Page } from '../pages';
import { WebSocketStream } from './webSocketStream';

const CLOSE_MILLISECONDS = 2000;
/** A close frame holds 123 bytes of reason. */
const REASON_CHARACTERS = 40;

interface Ending {
  code: number;
  reason: string;
}

/** One window, by its WebSocket, which this owns. */
export class PageConnection implements Page {
  readonly id = randomUUID();
  private readonly controller = new AbortController();
  private readonly peer: Peer<WorkbenchProtocol>;
  private readonly newest = new NewestOnly();
  private ending: Ending | null = null;

  /** @param handlers asked for once the page has its id, before anything is read of it */
  constructor(
    private readonly socket: WebSocket,
    handlers: (page: Page) => PeerHandlers<WorkbenchProtocol>,
  ) {
    const stream = new WebSocketStream(socket);
    stream.once('text', () => this.close({ code: CloseCode.UnsupportedData, reason: 'binary messages only' }));
    stream.once('close', () => this.closeSocket());
    // The library has answered with the close code that fits (1009 for a message over the limit); the stream ends with the socket.
    socket.on('error', () => undefined);
    this.peer = createPeer<WorkbenchProtocol>({
      stream,
      table: workbenchMessages,
      side: 'host',
      name: 'the page',
      handlers: handlers(this),
      onClose: (error) => {
        this.ending ??= error ? { code: closeCodeOf(error), reason: error.message } : null;
        this.controller.abort();
      },
    });
  }

  get closed(): AbortSignal {
    return this.controller.signal;
  }

  async notify<M extends WorkbenchNotificationMethod>(method: M, params: WorkbenchParams<M>): Promise<void> {
    await this.peer
      .notify(method, params)
      .catch((error: Error) => process.emitWarning(`${method} was not sent: ${error.message}`));
  }

  notifyNewest<M extends WorkbenchNotificationMethod>(method: M, params: WorkbenchParams<M>, subject = ''): void {
    this.newest.send(`${method} ${subject}`, () => this.notify(method, params));
  }

  /** Ends the connection: what runs for the page is aborted, and the page is told why. */
  close(ending: Ending): void {
    this.ending ??= ending;
    this.peer.close(new FailedError(ending.reason));
  }

  private closeSocket(): void {
    const { code, reason } = this.ending ?? { code: 1000, reason: '' };
    this.socket.close(code, reason.slice(0, REASON_CHARACTERS));
    const timer = setTimeout(() => this.socket.terminate(), CLOSE_MILLISECONDS);
    this.socket.once('close', () => clearTimeout(timer));
  }
}

const CLOSE_CODES: Partial<Record<ErrorCodeName, number>> = {
  FrameTooLarge: CloseCode.TooLarge,
  PeerGone: CloseCode.PolicyViolation,
};

function closeCodeOf(error: DiskwrightError): number {
  return CLOSE_CODES[error.code] ?? CloseCode.ProtocolError;
}
