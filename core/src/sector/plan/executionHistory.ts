import type { Phase } from '@diskwright/sdk/protocol';
import type { CopiedPart } from '../../common/journal/journalRecord';

/** What of a plan was carried out before, and is on the medium. */
export interface ExecutionHistory {
  /** The pre-images are kept. Before that no target was written. */
  readonly isSaved: boolean;
  hasEnded(phase: Phase): boolean;
  hasEndedStep(phase: Phase, step: number): boolean;
  /** The parts of a copy, in the order in which it copies. */
  partsOf(step: number): readonly CopiedPart[];
}
