import { RefusedError } from '@diskwright/sdk/errors';
import type { ExtentList } from '@diskwright/sdk/extents';
import type {
  AssertStep,
  ByteRange,
  CopyStep,
  DiscardStep,
  Phase,
  VerifyStep,
  WriteStep,
  ZeroStep,
} from '@diskwright/sdk/protocol';
import { copyOrder } from '../../common/plan/index';
import type { BlockNode } from '../nodes/blockNode';
import { native } from '../native';
import type { StepActions } from './applySteps';
import { checkAssert } from './checkAssert';
import { copyNative } from './copy/copyNative';
import type { PartCopy, PartResult } from './copy/copyPart';
import { copyThroughNodes } from './copy/copyThroughNodes';
import { moveWithinDevice } from './copy/moveWithinDevice';
import { partsOf } from './copy/parts';
import { transfersOf } from './copy/transfers';
import { phaseBytes } from './phaseBytes';
import type { ProgressMeter } from './progressMeter';
import type { StoredPlan } from './storedPlan';
import type { TargetDevice } from './targetDevice';
import { verifyChanges } from './verifyChanges';

/** Whom the executor tells what has happened, before it goes on. */
export interface ExecutionLog {
  /** Everything up to here is on the medium: `done` bytes of this copy, in its order. */
  checkpoint(step: number, done: number): Promise<void>;
  copied(step: number, bytes: number, blake3: Buffer): void;
  verified(bytes: number): void;
  hole(step: number, device: string, range: ByteRange): void;
  /** Before the first change of a target. */
  beforeChanges(): Promise<void>;
  phaseBegun(phase: Phase): Promise<void>;
  phaseEnded(phase: Phase): Promise<void>;
  stepEnded(phase: Phase, step: number): Promise<void>;
}

/** What the executor works with; owned by the job. */
export interface Execution {
  stored: StoredPlan;
  sources: ReadonlyMap<string, BlockNode>;
  targets: ReadonlyMap<string, TargetDevice>;
  progress: ProgressMeter;
  log: ExecutionLog;
  signal: AbortSignal | undefined;
}

/**
 * The steps of a plan on real devices: see {@link StepActions}. Between phases everything is flushed, and after each step of the
 * commit.
 */
export class DeviceActions implements StepActions {
  constructor(private readonly execution: Execution) {}

  async phaseBegins(phase: Phase): Promise<void> {
    const { stored, progress, log, targets } = this.execution;
    if (phase === 'invalidate') await log.beforeChanges();
    progress.begin(phase, '', phaseBytes(stored, phase));
    for (const [name, target] of targets) {
      target.beginPhase(stored.plan.steps.some((step) => step.kind === 'verify' && step.phase === phase && step.device === name));
    }
    await log.phaseBegun(phase);
  }

  async phaseEnds(phase: Phase): Promise<void> {
    if (phase !== 'check') await this.flush();
    await this.execution.log.phaseEnded(phase);
  }

  async stepEnds(phase: Phase, index: number): Promise<void> {
    // What follows in the commit makes recognisable what stands before it.
    if (phase === 'commit') await this.flush();
    await this.execution.log.stepEnded(phase, index);
  }

  async assert(step: AssertStep): Promise<void> {
    this.describe(step);
    await checkAssert(step, this.node(step.device.device), this.execution.signal);
  }

  async write(step: WriteStep, _index: number, chunks: () => AsyncIterable<Buffer>): Promise<void> {
    this.describe(step);
    await this.target(step.target.device).write(step.target.offset, chunks);
  }

  async zero(step: ZeroStep, _index: number, area: ExtentList): Promise<void> {
    this.describe(step);
    await this.target(step.target.device).zero(step.target.offset, area);
  }

  async discard(step: DiscardStep, _index: number, area: ExtentList): Promise<void> {
    this.describe(step);
    await this.target(step.target.device).discard(step.target.offset, area);
  }

  async verify(step: VerifyStep): Promise<void> {
    const { progress, signal, log } = this.execution;
    const target = this.target(step.device);
    const interrupted = progress.snapshot();
    progress.begin('verify', step.structure, verifiableBytes(target));
    log.verified(await verifyChanges(target.changes, { target: target.node, descriptor: target.descriptor, progress, signal }));
    progress.begin(interrupted.stage, interrupted.text, interrupted.total);
    progress.advance(interrupted.done);
  }

  async copy(step: CopyStep, index: number, extents: ExtentList): Promise<void> {
    this.describe(step);
    const target = this.target(step.target.device);
    const targetIsZero = target.zeros.cover(step.target.offset, extents);
    const first = extents.count > 0 ? extents.offsetAt(0) : 0;
    // All from the first extent to the last: what lies between them is forgotten, which costs little and keeps the map short.
    target.zeros.written(step.target.offset + first, extents.end - first);
    const moves = copyOrder(step, extents) !== 'any';
    const digests = moves ? [await this.move(step, index, extents)] : await this.copyExtents(step, index, extents, targetIsZero);
    const blake3 = digests.length === 1 ? digests[0]! : native.blake3(Buffer.concat(digests));
    this.execution.log.copied(index, extents.covered, blake3);
  }

  /** Transfer by transfer, part by part; the target is flushed after each. */
  private async copyExtents(step: CopyStep, index: number, extents: ExtentList, targetIsZero: boolean): Promise<Buffer[]> {
    const target = this.target(step.target.device);
    const source = this.node(step.source.device);
    const digests: Buffer[] = [];
    let done = 0;
    for (const transfer of transfersOf(source, step.source.offset, extents)) {
      for (const part of partsOf(transfer.extents)) {
        const copy: PartCopy = {
          source,
          sourceOffset: step.source.offset,
          from: transfer.from,
          target: target.node,
          targetOffset: step.target.offset,
          to: target.descriptor,
          extents: part,
          targetIsZero,
          onReadError: step.phase === 'commit' ? 'stop' : 'skip',
          progress: this.execution.progress,
          signal: this.execution.signal,
        };
        const result = copy.from && copy.to ? await copyNative(copy, copy.from, copy.to) : await copyThroughNodes(copy);
        this.note(step, index, part, result, source);
        digests.push(result.blake3);
        done += part.covered;
        await target.flush();
        await this.execution.log.checkpoint(index, done);
      }
    }
    return digests;
  }

  private async move(step: CopyStep, index: number, extents: ExtentList): Promise<Buffer> {
    const { progress, signal, log } = this.execution;
    const result = await moveWithinDevice({
      node: this.target(step.target.device).node,
      sourceOffset: step.source.offset,
      targetOffset: step.target.offset,
      extents,
      progress,
      signal,
      checkpoint: (moved) => log.checkpoint(index, moved),
    });
    this.note(step, index, extents, result, null);
    return result.blake3;
  }

  private note(step: CopyStep, index: number, extents: ExtentList, result: PartResult, source: BlockNode | null): void {
    const { chunkBytes, chunkHashes } = result;
    this.target(step.target.device).note({
      kind: 'copy',
      source,
      sourceOffset: step.source.offset,
      targetOffset: step.target.offset,
      extents,
      chunkBytes,
      chunkHashes,
    });
    for (const hole of result.holes) this.execution.log.hole(index, source?.path ?? '', hole);
  }

  private async flush(): Promise<void> {
    for (const target of this.execution.targets.values()) await target.flush();
  }

  private describe(step: { structure: string }): void {
    this.execution.progress.describe(step.structure);
  }

  private node(name: string): BlockNode {
    return this.execution.sources.get(name) ?? this.target(name).node;
  }

  private target(name: string): TargetDevice {
    const target = this.execution.targets.get(name);
    if (!target) throw new RefusedError(`the plan names a device ${name} that is no target`);
    return target;
  }
}

function verifiableBytes(target: TargetDevice): number {
  return target.changes.reduce((sum, change) => {
    if (change.kind === 'copy') return sum + change.extents.covered;
    return change.kind === 'write' ? sum + change.length : sum;
  }, 0);
}
