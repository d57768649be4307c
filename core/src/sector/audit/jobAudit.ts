import type { ExtentList } from '@diskwright/sdk/extents';
import { shift } from '@diskwright/sdk/extents';
import type { Phase } from '@diskwright/sdk/protocol';
import { setImmediate } from 'node:timers/promises';
import type { AuditedJob, AuditRecord } from '../../common/audit';
import type { JobResult } from '../../common/index';
import { PHASES } from '../../common/plan/index';
import { rangesOf } from '../job/overwritten';
import type { StoredPlan } from '../plan/storedPlan';
import type { AuditLog } from './auditLog';
import { TouchedRanges } from './touchedRanges';

/** Extents that are taken note of in one turn of the event loop. */
const EXTENTS_A_TURN = 65_536;

/** A job, as far as the audit log tells of it. */
export interface AuditedRun {
  id: string;
  stored: StoredPlan;
  /** By their names in the plan, where its devices were found. */
  paths: ReadonlyMap<string, string>;
  /** What stands on the target already is not written. */
  delta: boolean;
}

interface Touched {
  reads: TouchedRanges;
  writes: TouchedRanges;
}

/**
 * Writes down what a job reads and writes of its plan's devices, with the plugin that made the plan: before it begins, what the plan says, so that nothing is
 * written that is not on record; when it has ended, what it came to. Gone on with, the job has the same records.
 */
export class JobAudit {
  private readonly first = new Date().toISOString();
  /** Ids of records that were written. */
  private readonly told = new Set<string>();

  constructor(
    private readonly log: AuditLog,
    private readonly run: AuditedRun,
  ) {}

  begun(): Promise<void> {
    return this.write('running', 'commit', true);
  }

  ended({ state, phase }: Pick<JobResult, 'state' | 'phase'>): Promise<void> {
    return this.write(state, phase, state !== 'done');
  }

  private async write(state: AuditedJob['state'], last: Phase, rounded: boolean): Promise<void> {
    const { id, stored, paths, delta } = this.run;
    const { command, title, steps } = stored.plan;
    const job = { id, title, command: command.id, state };
    for (const [name, touched] of await touchedBy(stored, last)) {
      for (const operation of ['read', 'write'] as const) {
        const { bytes, ranges, rounded: joined } = operation === 'read' ? touched.reads : touched.writes;
        const recordId = `${id}/${name}/${operation}`;
        // What the beginning said is taken back where nothing came of it.
        if (bytes === 0 && !this.told.has(recordId)) continue;
        this.told.add(recordId);
        const record: Omit<AuditRecord, 'user'> = {
          id: recordId,
          operation,
          plugin: command.plugin?.id ?? null,
          version: command.plugin?.version ?? '',
          device: paths.get(name) ?? name,
          first: this.first,
          last: new Date().toISOString(),
          bytes,
          requests: steps.length,
          ranges: ranges.map(({ offset, length }) => [offset, length]),
          rounded: rounded || joined || (delta && operation === 'write'),
          job,
        };
        this.log.append(record);
      }
    }
  }
}

/** By the names of the plan's devices, what its steps up to a phase read in order to copy it, and write. */
async function touchedBy({ plan, sideFiles }: StoredPlan, last: Phase): Promise<Map<string, Touched>> {
  const touched = new Map<string, Touched>();
  const of = (device: string): Touched => {
    const known = touched.get(device) ?? { reads: new TouchedRanges(), writes: new TouchedRanges() };
    touched.set(device, known);
    return known;
  };
  for (const step of plan.steps) {
    if (!('target' in step)) continue;
    const isReached = PHASES.indexOf(step.phase) <= PHASES.indexOf(last);
    const { writes } = of(step.target.device);
    if (isReached) await take(writes, rangesOf(step, sideFiles));
    if (step.kind !== 'copy') continue;
    const { reads } = of(step.source.device);
    if (isReached) await take(reads, shift(sideFiles.extents(step.extents), step.source.offset));
  }
  return touched;
}

async function take(into: TouchedRanges, extents: ExtentList): Promise<void> {
  for (let index = 0; index < extents.count; index++) {
    into.add(extents.offsetAt(index), extents.lengthAt(index));
    if (index % EXTENTS_A_TURN === EXTENTS_A_TURN - 1) await setImmediate();
  }
}
