/** The framing of the protocol (Language Server Protocol, base protocol): a `Content-Length` header, a blank line, a JSON body in UTF-8. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const MAXIMUM_HEADER_BYTES = 1024;
const MAXIMUM_BODY_BYTES = 1024 * 1024;
const HEADER_END = [13, 10, 13, 10];

/** One message as a frame. */
export function encodeFrame(message: unknown): Uint8Array<ArrayBuffer> {
  const body = encoder.encode(JSON.stringify(message));
  const header = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`);
  const frame = new Uint8Array(header.length + body.length);
  frame.set(header);
  frame.set(body, header.length);
  return frame;
}

/** Cuts a stream of bytes, however it comes in pieces, into the messages of its frames. */
export class FrameDecoder {
  private pending = new Uint8Array(0);

  /** @throws Error when the stream is no sequence of frames; it is of no more use then */
  push(chunk: Uint8Array): unknown[] {
    this.pending = this.pending.length === 0 ? chunk.slice() : concatenate(this.pending, chunk);
    const messages: unknown[] = [];
    for (;;) {
      const frame = firstFrame(this.pending);
      if (frame === null) return messages;
      messages.push(JSON.parse(decoder.decode(this.pending.subarray(frame.start, frame.end))));
      this.pending = this.pending.subarray(frame.end);
    }
  }
}

/** Where the body of the first frame lies; null while it is not whole. */
function firstFrame(bytes: Uint8Array): { start: number; end: number } | null {
  const headerEnd = findHeaderEnd(bytes);
  if (headerEnd === -1) {
    if (bytes.length > MAXIMUM_HEADER_BYTES) throw new Error('a message header has no end');
    return null;
  }
  const header = decoder.decode(bytes.subarray(0, headerEnd));
  const length = /^Content-Length: (\d{1,9})$/im.exec(header)?.[1];
  if (length === undefined || Number(length) > MAXIMUM_BODY_BYTES) throw new Error(`malformed message header: ${header}`);
  const start = headerEnd + HEADER_END.length;
  const end = start + Number(length);
  return end <= bytes.length ? { start, end } : null;
}

function findHeaderEnd(bytes: Uint8Array): number {
  const last = Math.min(bytes.length - HEADER_END.length, MAXIMUM_HEADER_BYTES);
  for (let at = 0; at <= last; at++) if (HEADER_END.every((byte, index) => bytes[at + index] === byte)) return at;
  return -1;
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
