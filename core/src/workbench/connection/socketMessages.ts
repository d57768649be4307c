import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/browser';
import { encodeFrame, FrameDecoder } from './frames';

/** The messages that come over a WebSocket. The socket stays its caller's. */
export class SocketReader extends AbstractMessageReader implements MessageReader {
  private readonly frames = new FrameDecoder();

  constructor(private readonly socket: WebSocket) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const onMessage = ({ data }: MessageEvent): void => {
      try {
        for (const message of this.frames.push(new Uint8Array(data as ArrayBuffer))) callback(message as Message);
      } catch (error) {
        this.fireError(error);
      }
    };
    const onClose = (): void => this.fireClose();
    this.socket.addEventListener('message', onMessage);
    this.socket.addEventListener('close', onClose);
    return {
      dispose: () => {
        this.socket.removeEventListener('message', onMessage);
        this.socket.removeEventListener('close', onClose);
      },
    };
  }
}

/** Writes a frame a message. */
export class SocketWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly socket: WebSocket) {
    super();
  }

  write(message: Message): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('the connection is closed'));
    this.socket.send(encodeFrame(message));
    return Promise.resolve();
  }

  end(): void {
    // Whoever opened the socket closes it.
  }
}
