import type { CommandInput } from '@diskwright/sdk/protocol';
import type { WorkbenchResult } from '../../common/workbench';
import type { Disposable } from '../api';

export type Resolution = WorkbenchResult<'commands/resolve'>;

const DELAY_MILLISECONDS = 200;
const POLL_MILLISECONDS = 25;

/**
 * Asks for a judgement of an input while it is being typed: after a pause, one question at a time, and no answer to an earlier input is ever shown
 * for a later one.
 */
export class Resolver implements Disposable {
  /** The last answer; it may be one to an earlier input as long as {@link pending}. */
  resolution: Resolution | null = null;
  /** Why the last question got no answer. */
  failure: unknown = null;
  pending = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = new AbortController();

  constructor(
    private readonly ask: (input: CommandInput, signal: AbortSignal) => Promise<Resolution>,
    private readonly onChange: () => void,
    private readonly delayMilliseconds = DELAY_MILLISECONDS,
  ) {}

  /** The input is this now. */
  update(input: CommandInput, delayMilliseconds = this.delayMilliseconds): void {
    this.asked.abort();
    clearTimeout(this.timer);
    this.asked = new AbortController();
    const { signal } = this.asked;
    this.pending = true;
    this.timer = setTimeout(() => void this.resolve(input, signal), delayMilliseconds);
    this.onChange();
  }

  /** Waits until the input has been judged, but not for long: a device that hangs keeps the answer away. */
  async settled(patienceMilliseconds: number): Promise<void> {
    const deadline = Date.now() + patienceMilliseconds;
    while (this.pending && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }

  dispose(): void {
    this.asked.abort();
    clearTimeout(this.timer);
  }

  private async resolve(input: CommandInput, signal: AbortSignal): Promise<void> {
    try {
      const resolution = await this.ask(input, signal);
      if (signal.aborted) return;
      this.resolution = resolution;
      this.failure = null;
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
    }
    this.pending = false;
    this.onChange();
  }
}
