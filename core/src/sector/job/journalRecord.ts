import type { DeviceIdentity, Phase } from '@diskwright/sdk/protocol';

/**
 * What a target looks like at its ends at some point of the job, by device name: by this a later service knows its own
 * half-written target.
 */
export type TargetFingerprints = Record<string, string>;

/** A line of the journal. What a record says is true on the medium: it is written after the target was flushed. */
export type JournalRecord =
  | { type: 'started'; plan: string; at: string; devices: { name: string; path: string; identity: DeviceIdentity }[] }
  /** The pre-images are saved; `index` is the SHA-256 of their index. */
  | { type: 'saved'; index: string; bytes: number }
  | { type: 'phaseBegun'; phase: Phase }
  /** Of step `step`, `done` bytes are copied and on the medium, counted in the order in which the step copies. */
  | { type: 'checkpoint'; step: number; done: number; targets: TargetFingerprints }
  | { type: 'stepEnded'; step: number }
  | { type: 'phaseEnded'; phase: Phase; targets: TargetFingerprints }
  | { type: 'ended'; state: string; exitStatus: number; message: string };
