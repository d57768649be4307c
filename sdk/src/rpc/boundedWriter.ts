import type { Duplex } from 'node:stream';
import { AbstractMessageWriter, ErrorCodes, type Message, type MessageWriter, ResponseError } from 'vscode-jsonrpc/node';
import { ErrorCode, FrameTooLargeError, InvalidInputError, PeerGoneError } from '../errors';
import type { RpcLimits } from './limits';

/**
 * A message writer that refuses a frame beyond the limit before a byte of it is sent (the connection lives on), and that gives up on a peer
 * which does not read: at `bufferedBytes` waiting for it, `onError` fires with a {@link PeerGoneError}.
 */
export class BoundedMessageWriter extends AbstractMessageWriter implements MessageWriter {
  /** Why the last call of {@link write} refused its message; null when it did not. Set before `write` returns. */
  refusal: FrameTooLargeError | InvalidInputError | null = null;

  constructor(
    private readonly stream: Duplex,
    private readonly limits: RpcLimits,
  ) {
    super();
    // The end of the stream is for the reader to tell, after the messages that came ahead of it.
    stream.on('error', (error: Error) => this.fireError(error));
  }

  /** Resolves when the stream has handed the bytes on, so that awaiting it is back-pressure. */
  write(message: Message): Promise<void> {
    this.refusal = null;
    let frame: Buffer;
    try {
      frame = encodeFrame(message, this.limits.frameBytes);
    } catch (error) {
      this.refusal = error as FrameTooLargeError | InvalidInputError;
      // The library answers the peer with this very error when it was a response that could not be sent.
      return Promise.reject(new ResponseError(ErrorCode[this.refusal.code], this.refusal.message));
    }
    if (!this.stream.writable) return Promise.reject(new ResponseError(ErrorCodes.MessageWriteError, 'the connection is closed'));
    if (this.stream.writableLength + frame.length > this.limits.bufferedBytes) {
      const error = new PeerGoneError(`the other end does not read: ${this.stream.writableLength} bytes wait for it`);
      this.fireError(error, message, 1);
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.stream.write(frame, (error) =>
        error ? reject(new ResponseError(ErrorCodes.MessageWriteError, error.message)) : resolve(),
      );
    });
  }

  end(): void {
    this.stream.end();
  }
}

function encodeFrame(message: Message, maximum: number): Buffer {
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch (error) {
    throw new InvalidInputError(`a message cannot be written as JSON: ${(error as Error).message}`);
  }
  const length = Buffer.byteLength(text);
  if (length > maximum) {
    throw new FrameTooLargeError(
      `a message of ${length} bytes is larger than the ${maximum} bytes allowed; ask for pages, or pass a blob`,
    );
  }
  return Buffer.from(`Content-Length: ${length}\r\n\r\n${text}`);
}
