import type { Problem } from '@diskwright/sdk';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { ExtVolume } from '../volume';
import type { ReplayedBlocks } from './replayedBlocks';

/** What was made of a journal that had not been replayed. */
export interface JournalReplay {
  /** The volume without it. */
  device: ExtVolume;
  /** Null when it could not be replayed: the volume is then read as it is without it. */
  blocks: ReplayedBlocks | null;
  transactions: number;
  /** Where the journal lies on the volume. */
  ranges: ByteRange[];
  /** What the user should know, with what it means for the allocation. */
  problems: Problem[];
}
