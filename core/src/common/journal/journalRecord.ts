import type { ByteRange, DeviceIdentity, Phase } from '@diskwright/sdk/protocol';

/** What was copied between two checkpoints of a step, and where its hashes are kept. */
export interface CopiedPart {
  /** Bytes of the step that are copied now, counted in the order in which the step copies. */
  done: number;
  /** Each extent is cut from its start into chunks of so many bytes. */
  chunkBytes: number;
  /** The chunks' hashes, 16 bytes each, in the order of their offsets, in the job's `hashes`. */
  hashes: { position: number; length: number };
  /** Of all of the part, hexadecimal; empty, as are the hashes, where it was not read, or not to be hashed. */
  blake3: string;
  /** What could not be read, as ranges of the source; zeros stand on the target. At most 65 536 are listed. */
  holes: ByteRange[];
  /** So many unreadable bytes more are in the part, where nobody knows any more. */
  unlistedHoleBytes?: number;
  /** Bytes that stood on the target before and were not written; absent where it was not compared. */
  bytesUnchanged?: number;
  /** It shares the source's blocks, and was not read. */
  reflinked?: true;
}

/**
 * A line of the journal. What a record says is true on the medium: it is written after the targets were flushed. Each record of a
 * step says, too, that all steps before it in its phase have ended.
 */
export type JournalRecord =
  | {
      type: 'started';
      plan: string;
      at: string;
      partBytes: number;
      devices: { name: string; path: string; identity: DeviceIdentity }[];
    }
  /** The job goes on after it had ended or was interrupted. */
  | { type: 'resumed'; at: string }
  /** The pre-images are saved; `index` is the SHA-256 of their index. */
  | { type: 'saved'; index: string; bytes: number }
  | { type: 'phaseBegun'; phase: Phase }
  | { type: 'checkpoint'; step: number; part: CopiedPart }
  | { type: 'stepEnded'; step: number }
  | { type: 'phaseEnded'; phase: Phase }
  | { type: 'ended'; state: string; exitStatus: number; message: string };
