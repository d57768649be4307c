import * as nbd from '../constants';
import type { ServedExtent } from './exportDescription';
import { ALLOCATION_CONTEXT_ID, type Negotiated } from './handshake';
import type { NbdServerRequest } from './request';

const { Chunk, AllocationFlag } = nbd;
/** Runs of zeros are looked for in blocks of so many bytes; smaller ones are not worth a chunk of their own. */
const ZERO_BLOCK_BYTES = 65536;
const ZEROS = Buffer.alloc(ZERO_BLOCK_BYTES);

/** Where replies go: a socket, or whoever sends them. */
export interface ReplySink {
  /** `onWritten` is called when these bytes, and so all before them, have gone out. */
  write(bytes: Buffer, onWritten?: () => void): unknown;
  /** What is written between the two goes out together. */
  cork(): void;
  uncork(): void;
}

/** Writes replies, simple or structured as negotiated. `onWritten` is called when the sink has taken everything, or broke. */
export class ReplyWriter {
  constructor(
    private readonly sink: ReplySink,
    private readonly negotiated: Negotiated,
  ) {}

  done(request: NbdServerRequest, onWritten: () => void): void {
    const head = this.negotiated.structuredReplies ? chunkHeader(request, Chunk.none, 0, true) : simpleHeader(request, 0);
    this.sink.write(head, onWritten);
  }

  /** `offset`: where exactly it failed, if known. */
  error(request: NbdServerRequest, errno: number, message: string, offset: number | null, onWritten: () => void): void {
    if (!this.negotiated.structuredReplies) {
      this.sink.write(simpleHeader(request, errno), onWritten);
      return;
    }
    const text = Buffer.from(message, 'utf8').subarray(0, 1024);
    const payload = Buffer.alloc(6 + text.length + (offset === null ? 0 : 8));
    payload.writeUInt32BE(errno, 0);
    payload.writeUInt16BE(text.length, 4);
    text.copy(payload, 6);
    if (offset !== null) payload.writeBigUInt64BE(BigInt(offset), 6 + text.length);
    const type = offset === null ? Chunk.error : Chunk.errorOffset;
    this.sink.write(Buffer.concat([chunkHeader(request, type, payload.length, true), payload]), onWritten);
  }

  /** Zeros travel as holes unless the client asked for one piece. */
  data(request: NbdServerRequest, bytes: Buffer, onWritten: () => void): void {
    this.sink.cork();
    if (!this.negotiated.structuredReplies) {
      this.sink.write(simpleHeader(request, 0));
      this.sink.write(bytes, onWritten);
    } else if (bytes.length < ZERO_BLOCK_BYTES || request.flags & nbd.CommandFlag.dontFragment) {
      this.sink.write(dataHeader(request, request.offset, bytes.length, true));
      this.sink.write(bytes, onWritten);
    } else {
      this.fragments(request, bytes, onWritten);
    }
    this.sink.uncork();
  }

  blockStatus(request: NbdServerRequest, extents: readonly ServedExtent[], onWritten: () => void): void {
    const runs = mergeRuns(extents);
    const count = request.flags & nbd.CommandFlag.requestOne ? 1 : runs.length;
    const payload = Buffer.alloc(4 + 8 * count);
    payload.writeUInt32BE(ALLOCATION_CONTEXT_ID, 0);
    for (let index = 0; index < count; index++) {
      payload.writeUInt32BE(runs[index]!.length, 4 + index * 8);
      payload.writeUInt32BE(runs[index]!.flags, 8 + index * 8);
    }
    this.sink.write(Buffer.concat([chunkHeader(request, Chunk.blockStatus, payload.length, true), payload]), onWritten);
  }

  private fragments(request: NbdServerRequest, bytes: Buffer, onWritten: () => void): void {
    let start = 0;
    while (start < bytes.length) {
      const zero = zeroBlockAt(bytes, start);
      let end = start;
      while (end < bytes.length && zeroBlockAt(bytes, end) === zero) end = Math.min(end + ZERO_BLOCK_BYTES, bytes.length);
      const last = end === bytes.length;
      const written = last ? onWritten : undefined;
      if (zero) {
        this.sink.write(holeChunk(request, request.offset + start, end - start, last), written);
      } else {
        this.sink.write(dataHeader(request, request.offset + start, end - start, last));
        this.sink.write(bytes.subarray(start, end), written);
      }
      start = end;
    }
  }
}

function zeroBlockAt(bytes: Buffer, start: number): boolean {
  const end = Math.min(start + ZERO_BLOCK_BYTES, bytes.length);
  return bytes.compare(ZEROS, 0, end - start, start, end) === 0;
}

/** Neighbours that the protocol tells nothing different of become one. */
function mergeRuns(extents: readonly ServedExtent[]): { length: number; flags: number }[] {
  const runs: { length: number; flags: number }[] = [];
  for (const { length, kind } of extents) {
    const flags = (kind === 'hole' ? AllocationFlag.hole : 0) | (kind === 'data' ? 0 : AllocationFlag.zero);
    const previous = runs[runs.length - 1];
    if (previous?.flags === flags) previous.length += length;
    else runs.push({ length, flags });
  }
  return runs;
}

function simpleHeader(request: NbdServerRequest, errno: number): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUInt32BE(nbd.SIMPLE_REPLY_MAGIC, 0);
  bytes.writeUInt32BE(errno, 4);
  bytes.writeUInt32BE(request.cookieHigh, 8);
  bytes.writeUInt32BE(request.cookieLow, 12);
  return bytes;
}

/** u32 magic, u16 flags, u16 type, u64 cookie, u32 length of what follows; `room` more bytes for the caller. */
function chunkHeader(request: NbdServerRequest, type: number, length: number, done: boolean, room = 0): Buffer {
  const bytes = Buffer.allocUnsafe(20 + room);
  bytes.writeUInt32BE(nbd.STRUCTURED_REPLY_MAGIC, 0);
  bytes.writeUInt16BE(done ? nbd.CHUNK_DONE : 0, 4);
  bytes.writeUInt16BE(type, 6);
  bytes.writeUInt32BE(request.cookieHigh, 8);
  bytes.writeUInt32BE(request.cookieLow, 12);
  bytes.writeUInt32BE(length, 16);
  return bytes;
}

function dataHeader(request: NbdServerRequest, offset: number, length: number, done: boolean): Buffer {
  const bytes = chunkHeader(request, Chunk.offsetData, 8 + length, done, 8);
  writeOffset(bytes, offset, 20);
  return bytes;
}

function holeChunk(request: NbdServerRequest, offset: number, length: number, done: boolean): Buffer {
  const bytes = chunkHeader(request, Chunk.offsetHole, 12, done, 12);
  writeOffset(bytes, offset, 20);
  bytes.writeUInt32BE(length, 28);
  return bytes;
}

function writeOffset(bytes: Buffer, offset: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(offset / 0x1_0000_0000), at);
  bytes.writeUInt32BE(offset % 0x1_0000_0000, at + 4);
}
