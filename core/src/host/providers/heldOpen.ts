import { StaleError } from '@diskwright/sdk/errors';
import { abortable } from '../../common/flow/abortable';

interface Held<T> {
  opened: Promise<T>;
  openedAt: number;
  users: number;
  idle: NodeJS.Timeout | null;
  /** Taken out: closed when its last user has ended. */
  dropped: boolean;
}

export interface HeldOpenOptions {
  /** From the last use to the closing. */
  idleMilliseconds: number;
  /** How long what was read when it was opened may stand for the device, which others may write. */
  freshMilliseconds: number;
  maximumHeld: number;
}

/** Keeps open what providers have opened, by key, for a moment after its use: for whoever asks again and again. */
export class HeldOpen<T extends { close(): Promise<void> } | null> {
  private readonly held = new Map<string, Held<T>>();

  constructor(private readonly options: HeldOpenOptions) {}

  /**
   * Runs `action` with what is open under a key, or is opened for it. What went stale in between is opened anew, once.
   * @param open not with the caller's signal: others may be waiting for the same opening
   * @throws what opening and `action` throw; CancelledError at once when `signal` aborts while it is being opened
   */
  async use<R>(key: string, open: () => Promise<T>, action: (opened: T) => Promise<R>, signal?: AbortSignal): Promise<R> {
    try {
      return await this.useOnce(key, open, action, signal);
    } catch (error) {
      if (!(error instanceof StaleError) || signal?.aborted) throw error;
      this.drop(key);
      return this.useOnce(key, open, action, signal);
    }
  }

  /** Nothing that is open under these keys counts any more; each is closed with its last user. */
  forget(matches: (key: string) => boolean): void {
    for (const key of [...this.held.keys()]) if (matches(key)) this.drop(key);
  }

  private async useOnce<R>(
    key: string,
    open: () => Promise<T>,
    action: (opened: T) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    const held = this.take(key, open);
    try {
      return await action(await abortable(held.opened, signal));
    } finally {
      this.giveBack(key, held);
    }
  }

  private take(key: string, open: () => Promise<T>): Held<T> {
    const known = this.held.get(key);
    if (known && Date.now() - known.openedAt > this.options.freshMilliseconds) this.drop(key);
    let held = this.held.get(key);
    if (!held) {
      const begun: Held<T> = { opened: open(), openedAt: Date.now(), users: 0, idle: null, dropped: false };
      begun.opened.catch(() => this.drop(key, begun));
      this.makeRoom();
      held = begun;
    }
    this.held.delete(key);
    this.held.set(key, held);
    held.users++;
    if (held.idle) clearTimeout(held.idle);
    held.idle = null;
    return held;
  }

  private giveBack(key: string, held: Held<T>): void {
    held.users--;
    if (held.users > 0) return;
    if (held.dropped) closeQuietly(held);
    else held.idle = setTimeout(() => this.drop(key, held), this.options.idleMilliseconds).unref();
  }

  /** The one that was not used for the longest time goes first. */
  private makeRoom(): void {
    for (const [key, { users }] of this.held) {
      if (this.held.size < this.options.maximumHeld) return;
      if (users === 0) this.drop(key);
    }
  }

  private drop(key: string, only?: Held<T>): void {
    const held = this.held.get(key);
    if (!held || (only && held !== only)) return;
    this.held.delete(key);
    held.dropped = true;
    if (held.idle) clearTimeout(held.idle);
    if (held.users === 0) closeQuietly(held);
  }
}

/** Whoever could be told has got what it asked for. */
function closeQuietly<T extends { close(): Promise<void> } | null>({ opened }: Held<T>): void {
  opened.then((provider) => provider?.close()).catch(() => undefined);
}
