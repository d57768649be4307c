import type { VolumeProxy } from '@diskwright/sdk';
import { NotSupportedError } from '@diskwright/sdk/errors';
import type { Owner } from '@diskwright/sdk/protocol';
import { within } from '../../common/flow/within';

const MAX_KEPT = 64;

/** Asks a volume whose bytes are whose, one question at a time: each may take the provider through all files. Answers are kept as long as the volume is held. */
export class OwnerLookup {
  private readonly kept: Owner[][] = [];
  private running: Promise<unknown> | null = null;

  constructor(private readonly volume: Pick<VolumeProxy, 'ownersOf'>) {}

  /**
   * Who has the byte at `at` (from the volume's start), outermost first; empty where the provider cannot tell.
   * @param patienceMilliseconds how long to wait; without it, as long as it takes
   * @returns null when it did not become known in time. What was asked goes on, and is known when it is asked again
   */
  async at(at: number, patienceMilliseconds?: number): Promise<Owner[] | null> {
    const until = performance.now() + (patienceMilliseconds ?? Infinity);
    while (true) {
      const known = this.kept.find(([first]) => first !== undefined && first.offset <= at && at - first.offset < first.length);
      if (known) return known.filter(({ offset, length }) => offset <= at && at - offset < length);
      const left = until - performance.now();
      if (left <= 0) return null;
      if (!this.running) {
        const asked = this.ask(at);
        this.running = asked.catch(() => undefined).finally(() => (this.running = null));
        return left === Infinity ? asked : within(left, asked, null);
      }
      if (left === Infinity) await this.running;
      else await within(left, this.running, null);
    }
  }

  private async ask(at: number): Promise<Owner[]> {
    const owners: Owner[] = [];
    try {
      for await (const owner of this.volume.ownersOf([{ offset: at, length: 1 }])) owners.push(owner);
    } catch (error) {
      if (!(error instanceof NotSupportedError)) throw error;
    }
    if (owners.length > 0 && this.kept.push(owners) > MAX_KEPT) this.kept.shift();
    return owners;
  }
}
