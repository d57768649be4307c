import { checkRange } from '@diskwright/sdk/block';
import { abortable, throwIfCancelled } from '../../common/flow/abortable';
import { native } from '../native';
import type { Lock } from '../platform/locksLinux';
import type { WritableNode } from './blockNode';
import { DescriptorNode, type DescriptorShape } from './descriptorNode';
import { type Attempt, failedOffset, systemError } from './nodeErrors';

/** A descriptor that is open for writing. Made by `openForWriting` only, for a running job. */
export class WritableDescriptorNode extends DescriptorNode implements WritableNode {
  protected override readonly changes = true;
  /** Changes of parts of a sector read it first, so they must not overtake each other. */
  private partialChanges: Promise<unknown> = Promise.resolve();

  constructor(
    shape: DescriptorShape,
    /** Keeps others off for as long as the node lives. */
    private readonly lock: Lock,
  ) {
    super(shape);
  }

  write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void> {
    return this.change('write', offset, bytes.length, signal, () => native.write(this.descriptor, offset, bytes));
  }

  zero(offset: number, length: number, signal?: AbortSignal): Promise<void> {
    return this.change('zero', offset, length, signal, () => native.zero(this.descriptor, offset, length, { unmap: true }));
  }

  discard(offset: number, length: number, signal?: AbortSignal): Promise<void> {
    return this.change(
      'discard',
      offset,
      length,
      signal,
      async () => void (await native.discard(this.descriptor, offset, length)),
    );
  }

  async flush(): Promise<void> {
    await this.attempt({ device: this.path, verb: 'flush', offset: 0, length: this.size }, () => native.flush(this.descriptor));
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    this.lock.release();
  }

  private async change(
    verb: string,
    offset: number,
    length: number,
    signal: AbortSignal | undefined,
    action: () => Promise<void>,
  ): Promise<void> {
    checkRange(offset, length, this.size, this.path);
    throwIfCancelled(signal);
    if (length === 0) return;
    const attempt = { device: this.path, verb, offset, length };
    const whole = offset % this.sectorSize === 0 && length % this.sectorSize === 0;
    if (whole) return abortable(this.attempt(attempt, action), signal);
    const turn = this.partialChanges.then(() => this.attempt(attempt, action));
    this.partialChanges = turn.catch(() => undefined);
    return abortable(turn, signal);
  }

  private async attempt(attempt: Attempt, action: () => Promise<void>): Promise<void> {
    try {
      await this.use(action);
    } catch (error) {
      const offset = failedOffset(error, attempt);
      throw systemError(error, { ...attempt, offset, length: attempt.offset + attempt.length - offset });
    }
  }
}
