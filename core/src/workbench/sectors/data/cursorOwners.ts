import type { OwnerLink } from '../../../common/workbench';
import { Emitter, type HostConnection } from '../../api';
import { isCancellation } from '../../widgets/shared/errorText';

/** What a byte belongs to is asked for when the cursor rests. */
const REST_MILLISECONDS = 200;

/** A byte of a device. */
export interface BytePlace {
  deviceId: string;
  offset: number;
}

/** What is known of the byte at the cursor: from the device down to the field or file. */
export type OwnersState =
  | { kind: 'asking'; place: BytePlace }
  /** `incomplete`: the rest is being found out, and will be told. */
  | { kind: 'known'; place: BytePlace; chain: readonly OwnerLink[]; incomplete: boolean }
  | { kind: 'failed'; place: BytePlace; error: unknown };

/** What the byte under the cursor belongs to, asked for once for all who show it. */
export class CursorOwners {
  private stateNow: OwnersState | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = new AbortController();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly host: HostConnection) {}

  /** Null while there is no cursor. */
  get state(): OwnersState | null {
    return this.stateNow;
  }

  /** The cursor is there now; null when there is none. */
  follow(place: BytePlace | null): void {
    const before = this.stateNow?.place;
    if (place && before?.deviceId === place.deviceId && before.offset === place.offset) return;
    if (place || before) this.start(place);
  }

  /** Asks once more, as after an error. */
  again(): void {
    if (this.stateNow) this.start(this.stateNow.place);
  }

  private start(place: BytePlace | null): void {
    clearTimeout(this.timer);
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    // What the byte before belongs to says nothing of this one.
    this.set(place && { kind: 'asking', place });
    if (place) this.timer = setTimeout(() => void this.ask(place, signal), REST_MILLISECONDS);
  }

  private async ask(place: BytePlace, signal: AbortSignal): Promise<void> {
    try {
      for (const patient of [false, true]) {
        const answer = await this.host.request('owner/chain', { ...place, patient }, signal);
        if (signal.aborted) return;
        const incomplete = answer.incomplete && !patient;
        this.set({ kind: 'known', place, chain: answer.chain, incomplete });
        if (!incomplete) return;
      }
    } catch (error) {
      if (!signal.aborted && !isCancellation(error)) this.set({ kind: 'failed', place, error });
    }
  }

  private set(state: OwnersState | null): void {
    this.stateNow = state;
    this.changed.fire();
  }
}
