import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, DeviceDescription, DeviceLayout, Plan, ProposedWrite, Step } from '@diskwright/sdk/protocol';
import type { PluginContext } from '@diskwright/sdk';

const PHASE_ORDER: Step['phase'][] = ['check', 'invalidate', 'content', 'commit'];

/** Collects the steps of a clone from `source` to `target`, and puts them in the order in which they run. */
export class PlanBuilder {
  private readonly steps: Step[] = [];
  readonly warnings: string[] = [];
  readonly notes: string[] = [];

  constructor(
    private readonly context: PluginContext,
    private readonly source: DeviceDescription,
    private readonly target: DeviceDescription,
  ) {}

  /** Copies `extents`, which are relative to `sourceStart` on the source and to `targetStart` on the target. Nothing for an empty list. */
  async copy(
    phase: 'content' | 'commit',
    extents: ExtentList,
    sourceStart: number,
    targetStart: number,
    structure: string,
    reason: string,
  ): Promise<void> {
    if (extents.count === 0) return;
    this.steps.push({
      kind: 'copy',
      phase,
      structure,
      reason,
      source: { device: 'source', offset: sourceStart },
      target: { device: 'target', offset: targetStart },
      extents: await this.context.extents.put(extents),
    });
  }

  /** Bytes at `base + write.offset` of the target. */
  write(write: ProposedWrite, base = 0): void {
    const { offset, bytes, structure, reason } = write;
    this.steps.push({
      kind: 'write',
      phase: 'commit',
      structure,
      reason,
      target: { device: 'target', offset: base + offset },
      bytes,
    });
  }

  /** Zeros over each range; overlapping ones once. */
  zero(ranges: Iterable<ByteRange>, structure: string, reason: string): void {
    for (const { offset, length } of ExtentList.fromRanges(ranges)) {
      this.steps.push({ kind: 'zero', phase: 'invalidate', structure, reason, target: { device: 'target', offset }, length });
    }
  }

  /** What becomes of sectors that nothing is copied to: zeros before the content, or the target is told that they hold nothing. */
  async clearUnused(kind: 'zero' | 'discard', unused: ExtentList): Promise<void> {
    if (unused.count === 0) return;
    const reason = kind === 'zero' ? 'unused areas are to hold zeros' : 'the target is told that unused areas hold nothing';
    const phase = kind === 'zero' ? 'content' : 'invalidate';
    const extents = await this.context.extents.put(unused);
    this.steps.push({
      kind,
      phase,
      structure: 'unused areas',
      reason,
      target: { device: 'target', offset: 0 },
      length: this.target.size,
      extents,
    });
  }

  verify(phase: 'content' | 'commit'): void {
    const reason = 'what was copied is read back from the medium and compared with what was read from the source';
    this.steps.push({ kind: 'verify', phase, structure: 'copied data', reason, device: 'target' });
  }

  /** The plan is stale when the bytes of `ranges` (from `start` of the source) no longer have this digest. */
  assertSource(start: number, ranges: ByteRange[], digest: string, structure: string): void {
    const reason = 'the source must not have changed since the plan was made';
    this.steps.push({
      kind: 'assert',
      phase: 'check',
      structure,
      reason,
      device: { device: 'source', offset: start },
      ranges,
      digest,
    });
  }

  build(title: string, command: Plan['command'], result: DeviceLayout | null): Plan {
    return {
      format: 'diskwright-plan/1',
      title,
      command,
      devices: [
        { name: 'source', role: 'source', path: this.source.path, identity: this.source.identity },
        { name: 'target', role: 'target', path: this.target.path, identity: this.target.identity },
      ],
      steps: PHASE_ORDER.flatMap((phase) => this.steps.filter((step) => step.phase === phase)),
      warnings: this.warnings,
      notes: this.notes,
      result,
      // What lay where content is copied cannot be brought back; tables and signatures can.
      undo: 'metadata',
    };
  }
}
