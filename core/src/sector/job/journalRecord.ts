import type { DeviceIdentity, Phase } from '@diskwright/sdk/protocol';
import type { CopiedPart } from '../plan/executionHistory';

/**
 * A line of the journal. What a record says is true on the medium: it is written after the targets were flushed. Each record of a
 * step says, too, that all steps before it in its phase have ended.
 */
export type JournalRecord =
  | { type: 'started'; plan: string; at: string; devices: { name: string; path: string; identity: DeviceIdentity }[] }
  /** The job goes on after it had ended or was interrupted. */
  | { type: 'resumed'; at: string }
  /** The pre-images are saved; `index` is the SHA-256 of their index. */
  | { type: 'saved'; index: string; bytes: number }
  | { type: 'phaseBegun'; phase: Phase }
  | { type: 'checkpoint'; step: number; part: CopiedPart }
  | { type: 'stepEnded'; step: number }
  | { type: 'phaseEnded'; phase: Phase }
  | { type: 'ended'; state: string; exitStatus: number; message: string };
