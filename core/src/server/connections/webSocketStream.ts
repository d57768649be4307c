import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/**
 * The binary messages of a WebSocket as one stream of bytes, with back-pressure both ways. Does not own the socket: destroying the stream leaves
 * closing it to the owner, who knows the reason.
 */
export class WebSocketStream extends Duplex {
  constructor(private readonly socket: WebSocket) {
    super();
    socket.on('message', this.onMessage);
    socket.on('close', this.onClose);
  }

  override _read(): void {
    if (this.socket.isPaused) this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.socket.send(chunk, { binary: true }, (error) => callback(error ?? null));
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.socket.off('message', this.onMessage);
    this.socket.off('close', this.onClose);
    callback(error);
  }

  private readonly onMessage = (data: RawData, isBinary: boolean): void => {
    if (!isBinary) this.emit('text');
    else if (!this.push(data as Buffer)) this.socket.pause();
  };

  private readonly onClose = (): void => void this.push(null);
}
