import { ExtentList } from '../extents/index';
import type { ByteRange, DeviceDescription, DeviceLayout, Plan, ProposedWrite, Step } from '../protocol/types';
import type { PluginContext } from '../runtime/pluginContext';

const PHASE_ORDER: Step['phase'][] = ['check', 'invalidate', 'content', 'commit'];

/** What may write: `check` reads only. */
type WritingPhase = Exclude<Step['phase'], 'check'>;

/**
 * Collects the steps of a plan that writes `target`, with what it reads from `source`, and puts them in the order in which they run. Without a source,
 * the target is what is read as well. Offsets are bytes on the device.
 */
export class PlanBuilder {
  private readonly steps: Step[] = [];
  readonly warnings: string[] = [];
  readonly notes: string[] = [];

  constructor(
    private readonly context: PluginContext,
    private readonly source: DeviceDescription | null,
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
      source: { device: this.readFrom, offset: sourceStart },
      target: { device: 'target', offset: targetStart },
      extents: await this.context.extents.put(extents),
    });
  }

  /** Bytes at `base + write.offset` of the target. */
  write(write: ProposedWrite, base = 0, phase: WritingPhase = 'commit'): void {
    const { offset, bytes, structure, reason } = write;
    this.steps.push({
      kind: 'write',
      phase,
      structure,
      reason,
      target: { device: 'target', offset: base + offset },
      bytes,
    });
  }

  /** Zeros over each range; overlapping ones once. */
  zero(ranges: Iterable<ByteRange>, structure: string, reason: string, phase: WritingPhase = 'invalidate'): void {
    for (const { offset, length } of ExtentList.fromRanges(ranges)) {
      this.steps.push({ kind: 'zero', phase, structure, reason, target: { device: 'target', offset }, length });
    }
  }

  /** What becomes of sectors that nothing is copied to: zeros before the content, or the target is told that they hold nothing. */
  async clearUnused(kind: 'zero' | 'discard', unused: ExtentList): Promise<void> {
    const reason = kind === 'zero' ? 'unused areas are to hold zeros' : 'the target is told that unused areas hold nothing';
    await this.clear(kind, kind === 'zero' ? 'content' : 'invalidate', unused, 'unused areas', reason);
  }

  /** Extents, whole sectors, that become zeros or are discarded; as free space they are not saved before. Nothing for an empty list. */
  async clear(
    kind: 'zero' | 'discard',
    phase: WritingPhase,
    extents: ExtentList,
    structure: string,
    reason: string,
  ): Promise<void> {
    if (extents.count === 0) return;
    const reference = await this.context.extents.put(extents);
    const target = { device: 'target', offset: 0 };
    this.steps.push({ kind, phase, structure, reason, target, length: this.target.size, extents: reference });
  }

  verify(phase: 'content' | 'commit'): void {
    const reason = 'what was copied is read back from the medium and compared with what was read from the source';
    this.steps.push({ kind: 'verify', phase, structure: 'copied data', reason, device: 'target' });
  }

  /** The plan is stale when the bytes of `ranges`, from `start` of what is read, no longer have this digest. */
  assert(start: number, ranges: ByteRange[], digest: string, structure: string): void {
    const reason = `the ${this.source ? 'source' : 'device'} must not have changed since the plan was made`;
    const device = { device: this.readFrom, offset: start };
    this.steps.push({ kind: 'assert', phase: 'check', structure, reason, device, ranges, digest });
  }

  /** @param undo what is saved before it is overwritten: of content that is copied over, nothing is */
  build(title: string, command: Plan['command'], result: DeviceLayout | null, undo: Plan['undo'] = 'metadata'): Plan {
    return {
      format: 'diskwright-plan/1',
      title,
      command,
      devices: [
        ...(this.source
          ? [{ name: 'source', role: 'source' as const, path: this.source.path, identity: this.source.identity }]
          : []),
        { name: 'target', role: 'target', path: this.target.path, identity: this.target.identity },
      ],
      steps: PHASE_ORDER.flatMap((phase) => this.steps.filter((step) => step.phase === phase)),
      warnings: this.warnings,
      notes: this.notes,
      result,
      undo,
    };
  }

  private get readFrom(): string {
    return this.source ? 'source' : 'target';
  }
}
