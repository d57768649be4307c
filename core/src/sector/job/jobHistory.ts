import type { Phase } from '@diskwright/sdk/protocol';
import type { CopiedPart, JournalRecord } from '../../common/journal/journalRecord';
import type { ExecutionHistory } from '../plan/executionHistory';

/**
 * What earlier runs of a job have done, as far as the journal can vouch for it. It is one place in the plan: all steps before it
 * have ended, and of the copy that stands there the first parts are copied. (A plan's steps stand in the order of their phases.)
 */
export class JobHistory implements ExecutionHistory {
  /** Digest of the plan; null when the job never began. */
  readonly plan: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** After so many bytes the job makes a checkpoint; null when it never began. */
  readonly partBytes: number | null;
  /** SHA-256 of the pre-images' index; null while they are not on the medium. */
  readonly preImages: string | null;
  /** The last phase that was begun. */
  readonly phase: Phase = 'check';
  private readonly endedPhases = new Set<Phase>();
  private readonly copied = new Map<number, CopiedPart[]>();
  /** The first step of which nobody can say that it has ended. */
  private nextStep = 0;

  constructor(records: readonly JournalRecord[]) {
    const started = records.find((record) => record.type === 'started');
    this.plan = started?.plan ?? null;
    this.startedAt = started?.at ?? null;
    this.partBytes = started?.partBytes ?? null;
    this.preImages = records.find((record) => record.type === 'saved')?.index ?? null;
    for (const record of records) {
      if (record.type === 'phaseBegun') this.phase = record.phase;
      else if (record.type === 'phaseEnded') this.endedPhases.add(record.phase);
      else if (record.type === 'stepEnded') this.reach(record.step + 1);
      else if (record.type === 'checkpoint') this.add(record.step, record.part);
    }
  }

  get isSaved(): boolean {
    return this.preImages !== null;
  }

  /** Whether all of the phase is on the medium. */
  hasEnded(phase: Phase): boolean {
    return this.endedPhases.has(phase);
  }

  /** Whether a step of this phase has ended, and is on the medium. */
  hasEndedStep(phase: Phase, step: number): boolean {
    return this.hasEnded(phase) || step < this.nextStep;
  }

  /** The parts of a copy that are on the medium, in order. */
  partsOf(step: number): readonly CopiedPart[] {
    return this.copied.get(step) ?? [];
  }

  private add(step: number, part: CopiedPart): void {
    const parts = this.copied.get(step) ?? [];
    this.copied.set(step, parts);
    parts.push(part);
    this.reach(step);
  }

  private reach(step: number): void {
    this.nextStep = Math.max(this.nextStep, step);
  }
}
