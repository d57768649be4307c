import { nbd } from '@diskwright/sdk/nbd';
import type { BlockNode, WritableNode } from '../nodes/blockNode';

/** What one connection serves. The server owns none of it. */
export interface NbdExportOptions {
  node: BlockNode;
  /** The same node when clients may write; absent: everything that writes is answered EPERM. */
  writable?: WritableNode;
  /** Besides the empty name, which always works. */
  exportName?: string;
  /** For people, as `nbdinfo` shows it. */
  description?: string;
  /** Whether zeroing this node is always faster than writing zeros. */
  fastZero?: boolean;
  /** Is told of what is asked for: of each request, or, with a place of null, of the bytes of several that were answered elsewhere. */
  onRead?(offset: number | null, length: number): void;
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
