/** Numbers of the NBD protocol (github.com/NetworkBlockDevice/nbd, doc/proto.md), by their names there. All integers on the wire are big endian. */

export const NBD_MAGIC = Buffer.from('NBDMAGIC', 'latin1');
export const OPTION_MAGIC = Buffer.from('IHAVEOPT', 'latin1');
export const OPTION_REPLY_MAGIC = Buffer.from('0003e889045565a9', 'hex');
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const STRUCTURED_REPLY_MAGIC = 0x668e33ef;

/** Bits of the server's handshake flags; the client answers with the same bits in 32. */
export const HandshakeFlag = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const Option = {
  exportName: 1,
  abort: 2,
  list: 3,
  startTls: 5,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

const errorReply = (code: number): number => 2 ** 31 + code;
export const OptionReply = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: errorReply(1),
  policy: errorReply(2),
  invalid: errorReply(3),
  tlsRequired: errorReply(5),
  unknown: errorReply(6),
  blockSizeRequired: errorReply(8),
  tooBig: errorReply(9),
} as const;

export const Info = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

/** Transmission flags: what an export can do. */
export const ExportFlag = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  flush: 1 << 2,
  fua: 1 << 3,
  trim: 1 << 5,
  writeZeroes: 1 << 6,
  dontFragment: 1 << 7,
  multiConnection: 1 << 8,
  cache: 1 << 10,
  fastZero: 1 << 11,
} as const;

export const Command = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, cache: 5, writeZeroes: 6, blockStatus: 7 } as const;
export const CommandFlag = { fua: 1, noHole: 2, dontFragment: 4, requestOne: 8, fastZero: 16 } as const;

/** Structured reply chunks. */
export const Chunk = { none: 0, offsetData: 1, offsetHole: 2, blockStatus: 5, error: 0x8001, errorOffset: 0x8002 } as const;
export const CHUNK_DONE = 1;
export const CHUNK_ERROR_BIT = 0x8000;

/** Flags of an extent in the context `base:allocation`. */
export const ALLOCATION_CONTEXT = 'base:allocation';
export const AllocationFlag = { hole: 1, zero: 2 } as const;

/** The protocol's own error numbers. */
export const NbdErrno = {
  EPERM: 1,
  EIO: 5,
  ENOMEM: 12,
  EINVAL: 22,
  ENOSPC: 28,
  EOVERFLOW: 75,
  ENOTSUP: 95,
  ESHUTDOWN: 108,
} as const;

/** The longest string of the protocol: an export's or a context's name, an error message. */
export const MAX_STRING_BYTES = 4096;
/** The largest read or write: what every server and client must take at most. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;
/** Bytes of reads and writes under way on one connection. */
export const WINDOW_BYTES = 16 * 1024 * 1024;
export const REQUEST_HEADER_BYTES = 28;
