import { FailedError, FrameTooLargeError } from '../errors';
import type { RpcLimits } from './limits';

const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Cuts a byte stream into the bodies of frames. The framing is that of the Language Server Protocol (base protocol, header part):
 *
 *     "Content-Length: " 1*DIGIT CRLF  [ "Content-Type: " text CRLF ]  CRLF  body
 *
 * Memory is bounded by one header, one frame and the chunks that were pushed but not yet taken; a length beyond the limit is refused as soon
 * as its header is read.
 */
export class FrameDecoder {
  private readonly chunks: Buffer[] = [];
  /** Bytes of the first chunk that are already consumed. */
  private position = 0;
  private readonly header: Buffer;
  private headerLength = 0;
  private body: Buffer | null = null;
  private bodyLength = 0;

  constructor(private readonly limits: Pick<RpcLimits, 'headerBytes' | 'frameBytes'>) {
    this.header = Buffer.alloc(limits.headerBytes);
  }

  /** Takes over the chunk; it must not be changed afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length > 0) this.chunks.push(chunk);
  }

  /**
   * The next complete body, or null when more bytes are needed. A frame announced too large and a malformed header throw; the stream is then
   * out of step and of no more use.
   * @throws FrameTooLargeError, FailedError
   */
  next(): Buffer | null {
    while (this.chunks.length > 0) {
      const chunk = this.chunks[0]!;
      const body = this.body === null ? this.readHeader(chunk) : this.readBody(chunk);
      if (this.position >= chunk.length) {
        this.chunks.shift();
        this.position = 0;
      }
      if (body) return body;
    }
    return null;
  }

  private readHeader(chunk: Buffer): null {
    const taken = Math.min(chunk.length - this.position, this.header.length - this.headerLength);
    chunk.copy(this.header, this.headerLength, this.position, this.position + taken);
    // The end may lie across two chunks: search again from three bytes before what is new.
    const end = this.header.subarray(0, this.headerLength + taken).indexOf(HEADER_END, Math.max(0, this.headerLength - 3));
    if (end < 0) {
      this.headerLength += taken;
      this.position += taken;
      if (this.headerLength === this.header.length)
        throw new FrameTooLargeError(`a message header is longer than ${this.header.length} bytes`);
      return null;
    }
    this.position += end + HEADER_END.length - this.headerLength;
    this.headerLength = 0;
    this.body = Buffer.allocUnsafeSlow(contentLength(this.header.toString('latin1', 0, end), this.limits.frameBytes));
    this.bodyLength = 0;
    return null;
  }

  private readBody(chunk: Buffer): Buffer | null {
    const body = this.body!;
    const taken = Math.min(chunk.length - this.position, body.length - this.bodyLength);
    chunk.copy(body, this.bodyLength, this.position, this.position + taken);
    this.position += taken;
    this.bodyLength += taken;
    if (this.bodyLength < body.length) return null;
    this.body = null;
    return body;
  }
}

/** Digits only and once: `4e9`, `+5`, ` 5` and two lengths are all refused. */
function contentLength(header: string, maximum: number): number {
  let length: number | null = null;
  for (const line of header.split('\r\n')) {
    const match = /^(content-length|content-type): (.*)$/i.exec(line);
    if (!match) throw new FailedError(`malformed message header ${JSON.stringify(line.slice(0, 80))}`);
    if (match[1]!.toLowerCase() === 'content-type') continue;
    if (length !== null || !/^[0-9]{1,16}$/.test(match[2]!))
      throw new FailedError('a message header needs exactly one Content-Length, digits only');
    length = Number(match[2]);
  }
  if (length === null || length === 0) throw new FailedError('a message header needs a Content-Length greater than 0');
  if (length > maximum) throw new FrameTooLargeError(`a message of ${length} bytes is larger than the ${maximum} bytes allowed`);
  return length;
}
