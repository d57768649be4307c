import * as nbd from '../constants';
import type { SocketReader } from '../socketReader';
import { FailedError } from '../../errors';
import { BLOCK_SIZES, type NbdExportOptions, transmissionFlags } from './exportDescription';
import { type ContextQueries, InvalidOption, readContextQueries, readInfoRequest } from './optionData';

/** What the client chose before transmission. */
export interface Negotiated {
  structuredReplies: boolean;
  /** It chose `base:allocation`, under {@link ALLOCATION_CONTEXT_ID}. */
  allocation: boolean;
}

export const ALLOCATION_CONTEXT_ID = 1;
/** A client that haggles longer than this is not one. */
const MAX_OPTIONS = 128;
const MAX_OPTION_BYTES = 65536;

const { Option, OptionReply, Info } = nbd;

/**
 * The server's side of the fixed newstyle handshake (doc/proto.md, "Fixed newstyle negotiation").
 * @returns null when the client ended it with NBD_OPT_ABORT
 * @throws FailedError for a client that breaks the protocol, PeerGoneError when it goes away
 */
export async function handshake(reader: SocketReader, options: NbdExportOptions): Promise<Negotiated | null> {
  const { socket } = reader;
  socket.write(Buffer.concat([nbd.NBD_MAGIC, nbd.OPTION_MAGIC, Buffer.from([0, 3])]));
  const clientFlags = (await reader.take(4)).readUInt32BE(0);
  if (clientFlags & ~3) throw new FailedError('the NBD client sent unknown flags');
  const negotiation = new Negotiation(reader, options, (clientFlags & nbd.HandshakeFlag.noZeroes) !== 0);
  for (let count = 0; count < MAX_OPTIONS; count++) {
    const header = await reader.take(16);
    if (!header.subarray(0, 8).equals(nbd.OPTION_MAGIC))
      throw new FailedError('the NBD client sent an option without its magic number');
    const option = header.readUInt32BE(8);
    const length = header.readUInt32BE(12);
    if (length > MAX_OPTION_BYTES) throw new FailedError(`the NBD client sent an option of ${length} bytes`);
    const outcome = negotiation.answer(option, length === 0 ? Buffer.alloc(0) : await reader.take(length));
    if (outcome === 'abort') return null;
    if (outcome === 'transmit') return negotiation.chosen;
  }
  throw new FailedError('the NBD client sends options without end');
}

type Outcome = 'continue' | 'transmit' | 'abort';

class Negotiation {
  readonly chosen: Negotiated = { structuredReplies: false, allocation: false };

  constructor(
    private readonly reader: SocketReader,
    private readonly options: NbdExportOptions,
    private readonly noZeroes: boolean,
  ) {}

  answer(option: number, data: Buffer): Outcome {
    if (option === Option.exportName) return this.exportName(data);
    try {
      switch (option) {
        case Option.abort:
          this.reply(option, OptionReply.ack);
          return 'abort';
        case Option.list:
          return this.list(data);
        case Option.info:
        case Option.go:
          return this.describe(option, data);
        case Option.structuredReply:
          if (data.length > 0) throw new InvalidOption('structured replies take no data');
          this.chosen.structuredReplies = true;
          return this.reply(option, OptionReply.ack);
        case Option.listMetaContext:
        case Option.setMetaContext:
          return this.contexts(option, data);
        case Option.startTls:
          return this.reply(option, OptionReply.policy, Buffer.from('TLS is not served'));
        default:
          return this.reply(option, OptionReply.unsupported);
      }
    } catch (error) {
      if (error instanceof InvalidOption) return this.reply(option, OptionReply.invalid, Buffer.from(error.message));
      throw error;
    }
  }

  /**
   * NBD_OPT_EXPORT_NAME has no error reply: an unknown name ends the connection. u64 size, u16 flags, 124 zeros unless agreed
   * away.
   */
  private exportName(data: Buffer): Outcome {
    if (!this.knows(data.toString('utf8'))) throw new FailedError('the NBD client asked for an unknown export');
    const answer = Buffer.alloc(this.noZeroes ? 10 : 134);
    answer.writeBigUInt64BE(BigInt(this.options.node.size), 0);
    answer.writeUInt16BE(transmissionFlags(this.options, this.chosen.structuredReplies), 8);
    this.reader.socket.write(answer);
    return 'transmit';
  }

  private list(data: Buffer): Outcome {
    if (data.length > 0) throw new InvalidOption('the list option takes no data');
    const name = Buffer.from(this.options.exportName ?? '', 'utf8');
    this.reply(
      Option.list,
      OptionReply.server,
      Buffer.concat([uint32(name.length), name, Buffer.from(this.options.description ?? '', 'utf8')]),
    );
    return this.reply(Option.list, OptionReply.ack);
  }

  /** NBD_OPT_INFO and NBD_OPT_GO. */
  private describe(option: number, data: Buffer): Outcome {
    const { name, wanted } = readInfoRequest(data);
    if (!this.knows(name)) return this.reply(option, OptionReply.unknown, Buffer.from('no such export'));
    const about = Buffer.alloc(12);
    about.writeUInt16BE(Info.export, 0);
    about.writeBigUInt64BE(BigInt(this.options.node.size), 2);
    about.writeUInt16BE(transmissionFlags(this.options, this.chosen.structuredReplies), 10);
    this.reply(option, OptionReply.info, about);
    if (wanted.has(Info.name)) this.reply(option, OptionReply.info, textInfo(Info.name, this.options.exportName ?? ''));
    if (wanted.has(Info.description) && this.options.description) {
      this.reply(option, OptionReply.info, textInfo(Info.description, this.options.description));
    }
    const sizes = Buffer.alloc(14);
    sizes.writeUInt16BE(Info.blockSize, 0);
    sizes.writeUInt32BE(BLOCK_SIZES.minimum, 2);
    sizes.writeUInt32BE(BLOCK_SIZES.preferred, 6);
    sizes.writeUInt32BE(BLOCK_SIZES.maximum, 10);
    this.reply(option, OptionReply.info, sizes);
    this.reply(option, OptionReply.ack);
    return option === Option.go ? 'transmit' : 'continue';
  }

  private contexts(option: number, data: Buffer): Outcome {
    if (!this.chosen.structuredReplies) throw new InvalidOption('negotiate structured replies first');
    const { name, queries } = readContextQueries(data);
    if (option === Option.setMetaContext) this.chosen.allocation = false;
    if (!this.knows(name)) return this.reply(option, OptionReply.unknown, Buffer.from('no such export'));
    if (this.matches(option, queries)) {
      const setting = option === Option.setMetaContext;
      if (setting) this.chosen.allocation = true;
      const id = uint32(setting ? ALLOCATION_CONTEXT_ID : 0);
      this.reply(option, OptionReply.metaContext, Buffer.concat([id, Buffer.from(nbd.ALLOCATION_CONTEXT)]));
    }
    return this.reply(option, OptionReply.ack);
  }

  private matches(option: number, queries: ContextQueries['queries']): boolean {
    if (queries.includes(nbd.ALLOCATION_CONTEXT)) return true;
    return option === Option.listMetaContext && (queries.length === 0 || queries.includes('base:'));
  }

  private knows(name: string): boolean {
    return name === '' || name === this.options.exportName;
  }

  private reply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Outcome {
    this.reader.socket.write(Buffer.concat([nbd.OPTION_REPLY_MAGIC, uint32(option), uint32(type), uint32(data.length), data]));
    return 'continue';
  }
}

function textInfo(kind: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([0, kind]), Buffer.from(text, 'utf8').subarray(0, nbd.MAX_STRING_BYTES)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
