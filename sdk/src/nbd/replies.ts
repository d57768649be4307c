import { FailedError } from '../errors';
import {
  CHUNK_DONE,
  CHUNK_ERROR_BIT,
  Chunk,
  MAX_STRING_BYTES,
  NbdErrno,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from './constants';
import { printable } from './negotiate';
import { type NbdRequest, placeChunk, readExtents } from './request';
import type { SocketReader } from './socketReader';

/** A block status answer holds at most a million runs, as the largest servers do. */
const MAX_STATUS_BYTES = 4 + 8 * 1024 * 1024;

/** What the reply reader needs to know of the connection. */
export interface ReplyContext {
  structuredReplies: boolean;
  allocationContext: number | null;
  /** The request of a cookie; null when there is none. */
  find(cookieHigh: number, cookieLow: number): NbdRequest | null;
  /** The request is answered in full. */
  finish(cookieLow: number): void;
}

const broken = (what: string) => new FailedError(`the NBD server breaks the protocol: ${what}`);

/**
 * Reads replies until the connection ends (doc/proto.md, "Transmission phase"). Every length is checked against what was asked for before any of it is read.
 * @throws PeerGoneError at the end of the stream, FailedError for a server that breaks the protocol
 */
export async function readReplies(reader: SocketReader, context: ReplyContext): Promise<never> {
  for (;;) {
    const head = reader.tryTake(16) ?? (await reader.take(16));
    const magic = head.readUInt32BE(0);
    if (magic === STRUCTURED_REPLY_MAGIC && context.structuredReplies) await readChunk(reader, context, head);
    else if (magic === SIMPLE_REPLY_MAGIC) await readSimple(reader, context, head);
    else throw broken('a reply without its magic number');
  }
}

/** u32 magic, u32 error, u64 cookie, and the bytes of a read. */
async function readSimple(reader: SocketReader, context: ReplyContext, head: Buffer): Promise<void> {
  const cookie = head.readUInt32BE(12);
  const request = context.find(head.readUInt32BE(8), cookie);
  if (!request) throw broken('a reply to nothing');
  const errno = head.readUInt32BE(4);
  if (errno !== 0) request.error = { errno, message: '', offset: null };
  else if (request.extents) throw broken('a simple reply to block status');
  else if (request.destination) {
    if (context.structuredReplies) throw broken('a simple reply to a read');
    await reader.readInto(request.destination, placeChunk(request, request.offset, request.length), request.length);
  }
  context.finish(cookie);
}

/** u32 magic, u16 flags, u16 type, u64 cookie, u32 length, payload. */
async function readChunk(reader: SocketReader, context: ReplyContext, head: Buffer): Promise<void> {
  const flags = head.readUInt16BE(4);
  const type = head.readUInt16BE(6);
  const cookie = head.readUInt32BE(12);
  const request = context.find(head.readUInt32BE(8), cookie);
  if (!request) throw broken('a reply to nothing');
  const lengthField = reader.tryTake(4) ?? (await reader.take(4));
  const length = lengthField.readUInt32BE(0);
  if (type === Chunk.offsetData) await readData(reader, request, length);
  else if (type === Chunk.offsetHole) await readHole(reader, request, length);
  else if (type === Chunk.blockStatus) await readStatus(reader, context, request, length);
  else if (type & CHUNK_ERROR_BIT) await readError(reader, request, type, length);
  else if (type !== Chunk.none || length !== 0) throw broken(`a chunk of unknown type ${type}`);
  if (flags & CHUNK_DONE) context.finish(cookie);
}

async function readData(reader: SocketReader, request: NbdRequest, length: number): Promise<void> {
  if (length <= 8) throw broken('an empty data chunk');
  const offset = (reader.tryTake(8) ?? (await reader.take(8))).readBigUInt64BE(0);
  await reader.readInto(request.destination!, placeChunk(request, Number(offset), length - 8), length - 8);
}

async function readHole(reader: SocketReader, request: NbdRequest, length: number): Promise<void> {
  if (length !== 12) throw broken('a malformed hole chunk');
  const payload = reader.tryTake(12) ?? (await reader.take(12));
  const holeLength = payload.readUInt32BE(8);
  const start = placeChunk(request, Number(payload.readBigUInt64BE(0)), holeLength);
  request.destination!.fill(0, start, start + holeLength);
}

async function readStatus(reader: SocketReader, context: ReplyContext, request: NbdRequest, length: number): Promise<void> {
  const valid = request.extents !== null && length >= 12 && length <= MAX_STATUS_BYTES && length % 8 === 4;
  if (!valid) throw broken('a malformed block status chunk');
  const payload = await reader.take(length);
  if (payload.readUInt32BE(0) === context.allocationContext) request.extents = readExtents(request, payload.subarray(4));
}

/** u32 error, u16 length of the message, message, and for the type with an offset u64 offset. Unknown error types begin in the same way. */
async function readError(reader: SocketReader, request: NbdRequest, type: number, length: number): Promise<void> {
  if (length < 6 || length > MAX_STRING_BYTES + 64) throw broken('a malformed error chunk');
  const payload = await reader.take(length);
  const messageEnd = 6 + payload.readUInt16BE(4);
  if (messageEnd > length) throw broken('an error chunk whose message is longer than itself');
  const hasOffset = type === Chunk.errorOffset && length >= messageEnd + 8;
  const offset = hasOffset ? Number(payload.readBigUInt64BE(messageEnd)) : null;
  const inside = offset !== null && offset >= request.offset && offset < request.offset + request.length;
  request.error = {
    errno: payload.readUInt32BE(0) || NbdErrno.EIO,
    message: printable(payload.subarray(6, messageEnd)),
    offset: inside ? offset : null,
  };
}
