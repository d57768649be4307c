import type { SharedReader } from '@diskwright/native';
import { MediaError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList, intersect, shift } from '@diskwright/sdk/extents';
import type {
  AssertStep,
  ByteRange,
  CopyStep,
  DiscardStep,
  Phase,
  Step,
  VerifyStep,
  WriteStep,
  ZeroStep,
} from '@diskwright/sdk/protocol';
import { type ErrorPolicy, READ_RETRIES } from '../../common/jobs/errorPolicy';
import { withWorkBehind } from '../../common/flow/workBehind';
import type { CopiedPart } from '../../common/journal/journalRecord';
import { writeLength } from '../../common/plan/index';
import type { BlockNode } from '../nodes/blockNode';
import { native } from '../native';
import type { StepActions } from './applySteps';
import { checkAssert } from './checkAssert';
import { copyNative, isEngineChunk } from './copy/copyNative';
import type { PartCopy, PartResult } from './copy/copyPart';
import { copyThroughNodes } from './copy/copyThroughNodes';
import { reflinkPart } from './copy/reflinkPart';
import { type OrderedPart, orderedParts } from './copy/orderedParts';
import type { ExecutionHistory } from './executionHistory';
import type { MediaPolicy } from './mediaPolicy';
import { phaseBytes } from './phaseBytes';
import type { ProgressMeter } from './progressMeter';
import type { StoredPlan } from './storedPlan';
import type { TargetDevice } from './targetDevice';
import { verifyChanges } from './verifyChanges';

/** What became of a copy step's bytes. */
export interface CopiedAmount {
  bytes: number;
  /** Of these, they stood on the target before and were not written. */
  bytesUnchanged: number;
  /** Of these, they share the source's blocks. */
  bytesReflinked: number;
  /** Null where not all was read and hashed. */
  blake3: Buffer | null;
}

const NONE = ExtentList.fromRanges([]);

/** Whom the executor tells what has happened, before it goes on. */
export interface ExecutionLog {
  /** A part of a copy is on all targets' media, as is everything before it: keeps its hashes, and that it is done. */
  partCopied(step: number, done: number, part: PartResult & { chunkBytes: number }): Promise<CopiedPart>;
  /** The hashes of a part that was kept. */
  hashesOf(part: CopiedPart): Promise<Buffer>;
  copied(step: number, amount: CopiedAmount): void;
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
  /** What earlier runs have done: it is not done again. */
  history: ExecutionHistory;
  /** How sources are read. */
  media: MediaPolicy;
  /** Targets are read as well, and what stands there already is not written. */
  delta: boolean;
  /** Content shares the source's blocks where it can. */
  reflink: boolean;
  /** What is copied is hashed. */
  digests: boolean;
  /** After so many copied bytes there is a checkpoint; the same in all runs of a job. */
  partBytes: number;
  /** Reads of the sources that are shared with other jobs; null when this one reads for itself. */
  sharedReader: SharedReader | null;
  progress: ProgressMeter;
  log: ExecutionLog;
  signal: AbortSignal | undefined;
}

/**
 * The steps of a plan on real devices: see {@link StepActions}. Between phases everything is flushed, and after each step of the
 * commit. What an earlier run did is taken note of only, so that it is known as zeros, and verified.
 */
export class DeviceActions implements StepActions {
  constructor(private readonly execution: Execution) {}

  async phaseBegins(phase: Phase): Promise<void> {
    const { stored, progress, log, targets, history } = this.execution;
    if (phase === 'invalidate' && !history.isSaved) await log.beforeChanges();
    progress.begin(phase, '', phaseBytes(stored, phase));
    for (const [name, target] of targets) {
      target.beginPhase(stored.plan.steps.some((step) => step.kind === 'verify' && step.phase === phase && step.device === name));
    }
    if (!history.hasEnded(phase)) await log.phaseBegun(phase);
  }

  async phaseEnds(phase: Phase): Promise<void> {
    if (phase === 'content') this.execution.sharedReader?.leave();
    if (this.execution.history.hasEnded(phase)) return;
    if (phase !== 'check') await this.flush();
    await this.execution.log.phaseEnded(phase);
  }

  async stepEnds(phase: Phase, index: number): Promise<void> {
    if (this.execution.history.hasEndedStep(phase, index)) return;
    // What follows in the commit makes recognisable what stands before it.
    if (phase === 'commit') await this.flush();
    await this.execution.log.stepEnded(phase, index);
  }

  /** Of a source each time; a target is as it was only until it is written. */
  async assert(step: AssertStep): Promise<void> {
    this.describe(step);
    const { history, sources, signal } = this.execution;
    if (history.isSaved && !sources.has(step.device.device)) return;
    await checkAssert(step, this.node(step.device.device), signal);
  }

  async write(step: WriteStep, index: number, chunks: () => AsyncIterable<Buffer>): Promise<void> {
    this.describe(step);
    const { device, offset } = step.target;
    await this.target(device).write(offset, writeLength(step.bytes), chunks, this.isDone(step, index));
  }

  async zero(step: ZeroStep, index: number, area: ExtentList): Promise<void> {
    this.describe(step);
    await this.target(step.target.device).zero(step.target.offset, area, this.isDone(step, index));
  }

  async discard(step: DiscardStep, index: number, area: ExtentList): Promise<void> {
    this.describe(step);
    await this.target(step.target.device).discard(step.target.offset, area, this.isDone(step, index));
  }

  async verify(step: VerifyStep, index: number): Promise<void> {
    if (this.isDone(step, index)) return;
    const { progress, signal, log } = this.execution;
    const target = this.target(step.device);
    const interrupted = progress.snapshot();
    progress.begin('verify', step.structure, verifiableBytes(target));
    log.verified(await verifyChanges(target.changes, { target: target.node, descriptor: target.descriptor, progress, signal }));
    progress.begin(interrupted.stage, interrupted.text, interrupted.total);
    progress.advance(interrupted.done);
  }

  /**
   * Part by part; after each the targets are flushed and a checkpoint is written, while the next part is copied already: the checkpoint
   * vouches only for what was written before the flush began.
   */
  async copy(step: CopyStep, index: number, extents: ExtentList): Promise<void> {
    this.describe(step);
    const target = this.target(step.target.device);
    const source = this.node(step.source.device);
    const targetIsZero = target.zeros.cover(step.target.offset, extents);
    const first = extents.count > 0 ? extents.offsetAt(0) : 0;
    // All from the first extent to the last: what lies between them is forgotten, which costs little and keeps the map short.
    target.zeros.written(step.target.offset + first, extents.end - first);
    const earlier = this.execution.history.partsOf(index);
    const digests: Buffer[] = [];
    let isHashed = true;
    let bytesUnchanged = 0;
    let bytesReflinked = 0;
    const noteCopied = (part: OrderedPart, copied: CopiedPart): void => {
      digests.push(Buffer.from(copied.blake3, 'hex'));
      isHashed &&= copied.blake3 !== '';
      bytesUnchanged += copied.bytesUnchanged ?? 0;
      if (copied.reflinked) bytesReflinked += part.extents.covered;
      this.note(step, index, part, copied, source);
    };
    await withWorkBehind(this.execution.signal, async (behind) => {
      let done = 0;
      let number = 0;
      for (const part of orderedParts(step, source, extents, this.execution.partBytes)) {
        done += part.extents.covered;
        const known = earlier[number++];
        if (known) {
          this.execution.progress.advance(part.extents.covered);
          noteCopied(part, known);
          continue;
        }
        const result = await this.copyPart(step, part, targetIsZero, behind.signal);
        const doneSoFar = done;
        await behind.leave(async () => {
          await this.flush();
          noteCopied(part, await this.execution.log.partCopied(index, doneSoFar, { ...result, chunkBytes: part.chunkBytes }));
        });
        // The next part may overwrite the bytes that this one was made of.
        if (part.moves) await behind.done();
      }
    });
    const whole = digests.length === 1 ? digests[0]! : native.blake3(Buffer.concat(digests));
    this.execution.log.copied(index, {
      bytes: extents.covered,
      bytesUnchanged,
      bytesReflinked,
      blake3: isHashed ? whole : null,
    });
  }

  private async copyPart(
    step: CopyStep,
    { from, extents, chunkBytes, moves }: OrderedPart,
    targetIsZero: boolean,
    signal: AbortSignal,
  ): Promise<PartResult> {
    const target = this.target(step.target.device);
    const copy: PartCopy = {
      source: this.node(step.source.device),
      sourceOffset: step.source.offset,
      from,
      target: target.node,
      targetOffset: step.target.offset,
      to: target.descriptor,
      extents,
      chunkBytes,
      targetIsZero: targetIsZero && !moves,
      // What is known to be zero need not be read; a move's target is where a source was.
      keepsEqual: this.execution.delta && !targetIsZero && !moves,
      // Of what was copied within one device nothing else can tell later whether it stands where it should.
      hashes: this.execution.digests || !this.execution.sources.has(step.source.device),
      ...this.badness(step, extents, moves),
      sharedReader:
        step.phase === 'content' && this.execution.sources.has(step.source.device) ? this.execution.sharedReader : null,
      progress: this.execution.progress,
      signal,
    };
    return this.transfer(copy, step.phase === 'content' && !moves).catch((error: unknown) => {
      throw withRemedy(error, copy.source.path, isNeededWhole(step, moves));
    });
  }

  private async transfer(copy: PartCopy, mayShare: boolean): Promise<PartResult> {
    const reflinked = this.execution.reflink && mayShare && !copy.sharedReader ? await reflinkPart(copy) : null;
    if (reflinked) return reflinked;
    const byEngine = copy.from && copy.to && isEngineChunk(copy.chunkBytes);
    return byEngine ? copyNative(copy, copy.from!, copy.to!) : copyThroughNodes(copy);
  }

  /** What is done about what cannot be read, and what is known of it. */
  private badness(step: CopyStep, extents: ExtentList, moves: boolean): Pick<PartCopy, 'onError' | 'suspects' | 'givenUp'> {
    const { media } = this.execution;
    const onError: ErrorPolicy = isNeededWhole(step, moves)
      ? { retries: Math.max(media.retries, READ_RETRIES), onReadError: 'stop' }
      : media;
    const { device, offset } = step.source;
    const bad = shift(intersect(shift(extents, offset), media.badRangesOf(device)), -offset);
    const isGivenUp = onError.onReadError === 'skip' && onError.retries === 0;
    return { onError, suspects: isGivenUp ? NONE : bad, givenUp: isGivenUp ? bad : NONE };
  }

  private note(step: CopyStep, index: number, part: OrderedPart, copied: CopiedPart, source: BlockNode): void {
    const { log } = this.execution;
    const target = this.target(step.target.device);
    if (copied.reflinked) return target.note({ kind: 'reflinked', targetOffset: step.target.offset, extents: part.extents });
    target.note({
      kind: 'copy',
      source: part.moves ? null : source,
      sourceOffset: step.source.offset,
      targetOffset: step.target.offset,
      extents: part.extents,
      chunkBytes: copied.chunkBytes,
      chunkHashes: copied.blake3 === '' ? null : () => log.hashesOf(copied),
    });
    for (const hole of copied.holes) log.hole(index, source.path, hole);
  }

  private async flush(): Promise<void> {
    for (const target of this.execution.targets.values()) await target.flush();
  }

  private describe(step: { structure: string }): void {
    this.execution.progress.describe(step.structure);
  }

  private isDone({ phase }: Step, index: number): boolean {
    return this.execution.history.hasEndedStep(phase, index);
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

/** Whether a hole in it would be worse than the end of the job: of what is moved there is no second copy to fall back on. */
function isNeededWhole(step: CopyStep, moves: boolean): boolean {
  return moves || step.phase === 'commit';
}

/** An unreadable sector of the source, with what can be done about it. */
function withRemedy(error: unknown, source: string, isNeeded: boolean): unknown {
  if (!(error instanceof MediaError) || error.detail.device !== source || error.detail.todo !== undefined) return error;
  const todo = isNeeded
    ? 'Resume the job to try again: this part is needed whole, so nothing of it can be left out.'
    : 'Resume the job with zeros in place of what cannot be read (--on-error skip), or with more tries (--on-error "retry N").';
  const { offset = 0, length = 0 } = error.detail;
  return new MediaError(error.message, { ...error.detail, offset, length, todo });
}
