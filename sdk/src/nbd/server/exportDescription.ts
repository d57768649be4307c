import type { ByteRange } from '../../protocol';
import * as nbd from '../constants';
import type { SocketReader } from '../socketReader';
import type { Negotiated } from './handshake';

/** A run of what is served. `hole`: not stored and reads as zeros; `zero`: stored, known to be zeros. */
export interface ServedExtent {
  offset: number;
  length: number;
  kind: 'data' | 'zero' | 'hole';
}

/** What a server needs of the bytes it serves. Calls overlap; ranges lie inside. */
export interface ServedNode {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes. A MediaError becomes EIO with its place, other typed errors their nearest number, with their message. */
  read(offset: number, length: number, signal: AbortSignal): Promise<Buffer>;
  /** Data, zeros and holes from `offset` on, in order, without gaps; at least one run, and it may answer fewer bytes than asked. */
  extents(offset: number, length: number, signal: AbortSignal): Promise<readonly ServedExtent[]>;
}

/** The same for clients that may write. */
export interface WritableServedNode extends ServedNode {
  write(offset: number, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** Afterwards the range reads as zeros. */
  zero(offset: number, length: number, signal: AbortSignal): Promise<void>;
  /** The content of the range no longer matters. */
  discard(offset: number, length: number, signal: AbortSignal): Promise<void>;
  flush(): Promise<void>;
}

/** What follows the handshake on one connection, done elsewhere than in this library. */
export interface NbdTransmission {
  /** Resolves when the connection has ended. */
  run(): Promise<void>;
  /** See `NbdServerConnection.revoke`. */
  revoke(): void;
  /** Ends the connection at once. */
  destroy(): void;
  /** Tells `onRead` of all reads up to now. */
  charge(): void;
}

/** What one or more requests have read. */
export interface NbdReads {
  /** On the export, by offset, apart from each other. */
  ranges: readonly ByteRange[];
  /** What was asked for more than once counts each time. */
  bytes: number;
  requests: number;
  /** The ranges hold bytes that nobody asked for. */
  rounded: boolean;
}

/** What one connection serves. The server owns none of it. */
export interface NbdExportOptions {
  node: ServedNode;
  /** The same node when clients may write; absent: everything that writes is answered EPERM. */
  writable?: WritableServedNode;
  /** Besides the empty name, which always works. */
  exportName?: string;
  /** For people, as `nbdinfo` shows it. */
  description?: string;
  /** Whether zeroing this node is always faster than writing zeros. */
  fastZero?: boolean;
  /** Is told of what is read: of each request, or of several together that were answered elsewhere. */
  onRead?(reads: NbdReads): void;
  /** Takes the connection over once it is negotiated, with nothing left to be sent; absent: requests are answered here. */
  transmit?(reader: SocketReader, negotiated: Negotiated): Promise<NbdTransmission>;
}

/** No alignment is asked for: a node does its own read-modify-write, and nbdfuse needs a minimum of 1. */
export const BLOCK_SIZES = { minimum: 1, preferred: 4096, maximum: nbd.MAX_REQUEST_BYTES } as const;

/** The transmission flags of an export, for a connection with or without structured replies. */
export function transmissionFlags(options: NbdExportOptions, structuredReplies: boolean): number {
  const flag = nbd.ExportFlag;
  // Every connection works on the same node, so that a flush on one covers all.
  const always = flag.hasFlags | flag.flush | flag.fua | flag.multiConnection | flag.cache;
  const writing = options.writable ? flag.trim | flag.writeZeroes | (options.fastZero ? flag.fastZero : 0) : flag.readOnly;
  return always | writing | (structuredReplies ? flag.dontFragment : 0);
}
