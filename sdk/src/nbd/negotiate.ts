import { FailedError, InvalidInputError, NotSupportedError } from '../errors';
import {
  ALLOCATION_CONTEXT,
  ExportFlag,
  HandshakeFlag,
  Info,
  MAX_REQUEST_BYTES,
  MAX_STRING_BYTES,
  NBD_MAGIC,
  Option,
  OPTION_MAGIC,
  OPTION_REPLY_MAGIC,
  OptionReply,
} from './constants';
import type { SocketReader } from './socketReader';

/** What client and server agreed on. */
export interface NbdExport {
  /** Bytes. */
  size: number;
  /** Bits of {@link ExportFlag}. */
  flags: number;
  /** Alignment and length limits of requests, bytes: `minimum` a power of two of at most 65536. */
  blockSize: { minimum: number; preferred: number; maximum: number };
  structuredReplies: boolean;
  /** The id of `base:allocation`; null when the server does not tell allocation. */
  allocationContext: number | null;
}

/** More replies to one option than any server sends; each is bounded as well. */
const MAX_REPLIES = 64;
const MAX_REPLY_BYTES = MAX_STRING_BYTES + 1024;

interface Reply {
  type: number;
  data: Buffer;
}

/**
 * The client's side of the fixed newstyle handshake (doc/proto.md, "Fixed newstyle negotiation"), up to and including NBD_OPT_GO.
 * @throws NotSupportedError for a server that is too old or wants TLS, InvalidInputError for an unknown export, FailedError for one that breaks the protocol
 */
export async function negotiate(reader: SocketReader, exportName: string): Promise<NbdExport> {
  const name = Buffer.from(exportName, 'utf8');
  if (name.length > MAX_STRING_BYTES) throw new InvalidInputError(`the export's name is longer than ${MAX_STRING_BYTES} bytes`);
  await greet(reader);
  const structuredReplies = (await ask(reader, Option.structuredReply, Buffer.alloc(0))).type === OptionReply.ack;
  const allocationContext = structuredReplies ? await chooseContext(reader, name) : null;
  return { structuredReplies, allocationContext, ...(await go(reader, name)) };
}

async function greet(reader: SocketReader): Promise<void> {
  const greeting = await reader.take(18);
  if (!greeting.subarray(0, 8).equals(NBD_MAGIC)) throw new FailedError('the other end is no NBD server');
  if (!greeting.subarray(8, 16).equals(OPTION_MAGIC))
    throw new NotSupportedError('the NBD server speaks the oldstyle protocol only');
  const flags = greeting.readUInt16BE(16);
  if (!(flags & HandshakeFlag.fixedNewstyle))
    throw new NotSupportedError('the NBD server does not speak the fixed newstyle protocol');
  const answer = Buffer.alloc(4);
  answer.writeUInt32BE(flags & (HandshakeFlag.fixedNewstyle | HandshakeFlag.noZeroes));
  reader.socket.write(answer);
}

/** NBD_OPT_SET_META_CONTEXT: export name, one query. */
async function chooseContext(reader: SocketReader, name: Buffer): Promise<number | null> {
  const query = Buffer.from(ALLOCATION_CONTEXT, 'latin1');
  let context: number | null = null;
  const last = await ask(
    reader,
    Option.setMetaContext,
    Buffer.concat([withLength(name), uint32(1), withLength(query)]),
    (reply) => {
      const known = reply.type === OptionReply.metaContext && reply.data.length >= 4 && reply.data.subarray(4).equals(query);
      if (known) context = reply.data.readUInt32BE(0);
    },
  );
  return last.type === OptionReply.ack ? context : null;
}

async function go(reader: SocketReader, name: Buffer): Promise<Pick<NbdExport, 'size' | 'flags' | 'blockSize'>> {
  let found: { size: number; flags: number } | null = null;
  let blockSize = { minimum: 1, preferred: 4096, maximum: MAX_REQUEST_BYTES };
  const request = Buffer.concat([withLength(name), Buffer.from([0, 1, 0, Info.blockSize])]);
  const last = await ask(reader, Option.go, request, ({ type, data }) => {
    if (type !== OptionReply.info || data.length < 2) return;
    const kind = data.readUInt16BE(0);
    if (kind === Info.export) found = readExport(data);
    if (kind === Info.blockSize) blockSize = readBlockSize(data);
  });
  if (last.type !== OptionReply.ack) throw refusal(last, name.toString('utf8'));
  if (!found) throw new FailedError('the NBD server did not tell the size of its export');
  return { ...(found as { size: number; flags: number }), blockSize };
}

function readExport(data: Buffer): { size: number; flags: number } {
  if (data.length !== 12) throw new FailedError('the NBD server sent a malformed export information');
  const size = data.readBigUInt64BE(2);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new NotSupportedError(`an export of ${size} bytes is larger than 2^53 − 1`);
  const flags = data.readUInt16BE(10);
  if (!(flags & ExportFlag.hasFlags)) throw new FailedError('the NBD server sent invalid transmission flags');
  return { size: Number(size), flags };
}

function readBlockSize(data: Buffer): NbdExport['blockSize'] {
  if (data.length !== 14) throw new FailedError('the NBD server sent a malformed block size information');
  const [minimum, preferred, maximum] = [data.readUInt32BE(2), data.readUInt32BE(6), data.readUInt32BE(10)];
  const powerOfTwo = minimum > 0 && (minimum & (minimum - 1)) === 0;
  if (!powerOfTwo || minimum > 65536 || preferred < minimum || maximum < minimum) {
    throw new FailedError(`the NBD server announces impossible block sizes: ${minimum}, ${preferred}, ${maximum}`);
  }
  const largest = Math.min(maximum, MAX_REQUEST_BYTES);
  return { minimum, preferred, maximum: largest - (largest % minimum) };
}

function refusal(reply: Reply, exportName: string): Error {
  const said = reply.data.length > 0 ? `: ${printable(reply.data)}` : '';
  switch (reply.type) {
    case OptionReply.unknown:
      return new InvalidInputError(`the NBD server has no export named "${exportName}"${said}`);
    case OptionReply.tlsRequired:
      return new NotSupportedError(`the NBD server wants TLS, which is not supported${said}`);
    case OptionReply.unsupported:
      return new NotSupportedError(`the NBD server is too old: it does not know NBD_OPT_GO${said}`);
    case OptionReply.policy:
      return new FailedError(`the NBD server refuses the export "${exportName}"${said}`);
    default:
      return new FailedError(`the NBD server refuses the export "${exportName}" with reply ${reply.type}${said}`);
  }
}

/** Sends an option and reads its replies up to the final one (ACK or an error), which is the result. */
async function ask(reader: SocketReader, option: number, data: Buffer, onReply?: (reply: Reply) => void): Promise<Reply> {
  reader.socket.write(Buffer.concat([OPTION_MAGIC, uint32(option), withLength(data)]));
  for (let count = 0; count < MAX_REPLIES; count++) {
    const header = await reader.take(20);
    if (!header.subarray(0, 8).equals(OPTION_REPLY_MAGIC) || header.readUInt32BE(8) !== option) {
      throw new FailedError('the NBD server answered an option with something else');
    }
    const length = header.readUInt32BE(16);
    const type = header.readUInt32BE(12);
    if (length > MAX_REPLY_BYTES) throw new FailedError(`the NBD server sent an option reply of ${length} bytes`);
    const reply = { type, data: length === 0 ? Buffer.alloc(0) : await reader.take(length) };
    if (type === OptionReply.ack || type >= 2 ** 31) return reply;
    onReply?.(reply);
  }
  throw new FailedError('the NBD server sends option replies without end');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A server's text, short and without control characters, for messages to the user. */
export function printable(text: Buffer): string {
  return text
    .toString('utf8', 0, Math.min(text.length, 512))
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}
