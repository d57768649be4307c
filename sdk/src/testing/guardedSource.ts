import type { BlockSource } from '../block/blockSource';
import { FailedError, InvalidInputError } from '../errors';
import { MemoryWatch } from './memoryWatch';
import type { ScratchImage } from './scratchImage';

/** Requests between two looks at the memory, which cost some microseconds, and at the processor's time, which cost many. */
const READS_A_LOOK = 16;
const READS_A_LOOK_AT_TIME = 64;

/** What a parser may use on one input. */
export interface ReadLimits {
  /** Requests. */
  reads: number;
  /** Bytes of all requests together. */
  bytes: number;
  /** Of processor time: what else the machine does is not its fault. */
  milliseconds: number;
  /** What it may hold in memory, or take at one go. */
  memoryBytes: number;
}

/**
 * A block source that keeps watch over its reader: a read outside of the device or beyond the limits fails *and* is remembered in
 * {@link violation}, so that a parser which swallows the error is found out all the same.
 */
export class GuardedSource implements BlockSource {
  /** The first thing that the reader did wrong, in words. */
  violation: string | undefined;
  reads = 0;
  bytes = 0;
  private readonly startedAt = process.cpuUsage();
  private readonly memory: MemoryWatch;

  constructor(
    private readonly image: ScratchImage,
    readonly sectorSize: 512 | 4096,
    private readonly limits: ReadLimits,
  ) {
    this.memory = new MemoryWatch(limits.memoryBytes);
  }

  get size(): number {
    return this.image.size;
  }

  get elapsedMilliseconds(): number {
    const { user, system } = process.cpuUsage(this.startedAt);
    return (user + system) / 1000;
  }

  /** The most bytes of memory that were held, as far as it was looked at. */
  get mostMemory(): number {
    return this.memory.most;
  }

  /** Judges time and memory; each few reads, and at the end by whoever made it. */
  judge(): void {
    this.judgeTime();
    this.judgeMemory();
  }

  private judgeTime(): void {
    const { milliseconds } = this.limits;
    if (this.elapsedMilliseconds > milliseconds) this.violation ??= `not done after ${milliseconds} ms of processor time`;
  }

  private judgeMemory(): void {
    this.violation ??= this.memory.judge(this.bytes);
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    const inside =
      Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset <= this.size - length;
    if (!inside) {
      this.violation ??= `read at ${offset}, ${length} bytes, outside of the device of ${this.size} bytes`;
      throw new InvalidInputError(this.violation);
    }
    this.reads++;
    this.bytes += length;
    if (this.reads > this.limits.reads) this.violation ??= `more than ${this.limits.reads} reads`;
    if (this.bytes > this.limits.bytes) this.violation ??= `more than ${this.limits.bytes} bytes read`;
    if (this.reads % READS_A_LOOK === 0) this.judgeMemory();
    if (this.reads % READS_A_LOOK_AT_TIME === 0) this.judgeTime();
    if (this.violation !== undefined) throw new FailedError(this.violation);
    return this.image.read(offset, length);
  }
}
