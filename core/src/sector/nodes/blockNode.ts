import type { ServedExtent } from '@diskwright/sdk/nbd';
import type { SectorSize } from '@diskwright/sdk/protocol';

/** A run of a node as its storage knows it. */
export type NodeExtent = ServedExtent;

/**
 * Where a run of a node's bytes can be had without the node's help, for the native engine. `descriptor` stays owned by its node
 * and valid until that is disposed; `node` is a node that only reads through its `read` (an NBD client).
 */
export type NodeSegment =
  | { offset: number; length: number; kind: 'descriptor'; descriptor: number; descriptorOffset: number }
  | { offset: number; length: number; kind: 'zeros' }
  | { offset: number; length: number; kind: 'node'; node: BlockNode; nodeOffset: number };

/** The bytes of a node, as they lie on one descriptor for as long as it lives. */
export interface DescriptorWindow {
  /** Where on the descriptor the node begins. */
  readonly offset: number;
  /** Keeps the descriptor open while `action` reads it. @throws DeviceGoneError after the node was disposed of */
  use<T>(action: (descriptor: number) => Promise<T>): Promise<T>;
}

/**
 * Anything with sectors inside the sector service: file, device, NBD client, slice, overlay. A node has no write method; writing
 * is {@link WritableNode}, which exists only for an overlay's top and while a plan is being applied to a target.
 */
export interface BlockNode {
  /** As the user named it, for messages. */
  readonly path: string;
  readonly size: number;
  readonly sectorSize: SectorSize;
  readonly physicalSectorSize: number;
  /** Absent for a node that is more than a descriptor, or another one each time. */
  readonly window?: DescriptorWindow;
  /**
   * The bytes of `[offset, offset + length)`, any alignment.
   * @throws MediaError, DeviceGoneError, InvalidInputError when the range lies outside, CancelledError
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer>;
  /**
   * Data, zeros and holes of the range in order, without gaps; may answer fewer bytes than asked when there are more than `limit`
   * (4096) runs.
   */
  extents(offset: number, length: number, signal?: AbortSignal): Promise<NodeExtent[]>;
  /**
   * Where the bytes of the range lie, in order, without gaps, `offset` relative to the node; may answer fewer bytes than asked
   * when there are more than 4096 runs.
   */
  segments(offset: number, length: number): NodeSegment[];
  /** Closes what the node owns; later reads fail. Idempotent. */
  dispose(): Promise<void>;
}

export interface WritableNode extends BlockNode {
  /** @throws MediaError with the exact offset; FailedError for a full disk. */
  write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void>;
  /** Afterwards the range reads as zeros; storage may be given back. */
  zero(offset: number, length: number, signal?: AbortSignal): Promise<void>;
  /** The content of the range no longer matters; what it reads afterwards is not defined. */
  discard(offset: number, length: number, signal?: AbortSignal): Promise<void>;
  /** All completed writes are on the medium when it resolves. */
  flush(): Promise<void>;
}
