import type { ByteRange, Phase } from '@diskwright/sdk/protocol';

/** What was copied between two checkpoints of a step, and where its hashes are kept. */
export interface CopiedPart {
  /** Bytes of the step that are copied now, counted in the order in which the step copies. */
  done: number;
  /** Each extent is cut from its start into chunks of so many bytes. */
  chunkBytes: number;
  /** The chunks' hashes, 16 bytes each, in the order of their offsets, in the job's `hashes`. */
  hashes: { position: number; length: number };
  /** Of all of the part, hexadecimal. */
  blake3: string;
  /** What could not be read, as ranges of the source; zeros stand on the target. */
  holes: ByteRange[];
}

/** What of a plan was carried out before, and is on the medium. */
export interface ExecutionHistory {
  /** The pre-images are kept. Before that no target was written. */
  readonly isSaved: boolean;
  hasEnded(phase: Phase): boolean;
  hasEndedStep(phase: Phase, step: number): boolean;
  /** The parts of a copy, in the order in which it copies. */
  partsOf(step: number): readonly CopiedPart[];
}
