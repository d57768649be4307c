import type { TableProxy, VolumeProxy } from '@diskwright/sdk';
import { StaleError } from '@diskwright/sdk/errors';
import { abortable } from '../../common/flow/abortable';
import type { ProviderAccess } from '../layouts/layoutService';
import { type Disposable, Listeners } from '../listeners';

/** The partition table (null) or a volume (0 is the whole device as one) of a device. */
export type Scope = number | null;

/** A provider that is kept open; null where no provider knows what is there. */
type Opened<S extends Scope> = (S extends null ? TableProxy : VolumeProxy) | null;

interface Held {
  opened: Promise<TableProxy | VolumeProxy | null>;
  openedAt: number;
  users: number;
  idle: NodeJS.Timeout | null;
  /** Taken out: closed when its last user has ended. */
  dropped: boolean;
}

export interface HeldProvidersOptions {
  /** From the last use to the closing. */
  idleMilliseconds?: number;
  /** How long what a provider read may stand for the device, which others may write. */
  freshMilliseconds?: number;
  maximumHeld?: number;
}

/**
 * Keeps tables and volumes open for a moment after their use, for views that ask again and again: opening costs a lease, a socket and several reads, and a
 * provider has its pages at hand.
 */
export class HeldProviders {
  private readonly held = new Map<string, Held>();
  private readonly forgotten = new Listeners<string>();
  private readonly idleMilliseconds: number;
  private readonly freshMilliseconds: number;
  private readonly maximumHeld: number;

  constructor(
    private readonly providers: ProviderAccess,
    { idleMilliseconds = 2_000, freshMilliseconds = 10_000, maximumHeld = 32 }: HeldProvidersOptions = {},
  ) {
    this.idleMilliseconds = idleMilliseconds;
    this.freshMilliseconds = freshMilliseconds;
    this.maximumHeld = maximumHeld;
  }

  /**
   * Runs `action` with the provider of a scope. A provider that went stale in between is opened anew, once.
   * @throws what opening and `action` throw; CancelledError at once when `signal` aborts while it is being opened
   */
  async use<S extends Scope, R>(
    deviceId: string,
    scope: S,
    action: (opened: Opened<S>) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    try {
      return await this.useOnce(deviceId, scope, action, signal);
    } catch (error) {
      if (!(error instanceof StaleError) || signal?.aborted) throw error;
      this.drop(keyOf(deviceId, scope));
      return this.useOnce(deviceId, scope, action, signal);
    }
  }

  /** The content of a device changed, or it is to be closed: nothing that was read of it counts any more. */
  forget(deviceId: string): void {
    for (const key of [...this.held.keys()]) if (key.startsWith(`${deviceId}\n`)) this.drop(key);
    this.forgotten.tell(deviceId);
  }

  /** Is told when what was read of a device counts no more. */
  onForgotten(listener: (deviceId: string) => void): Disposable {
    return this.forgotten.add(listener);
  }

  /** Closes all, each with its last user: other plugins may provide them from now on. */
  closeAll(): void {
    for (const key of [...this.held.keys()]) this.drop(key);
  }

  private async useOnce<S extends Scope, R>(
    deviceId: string,
    scope: S,
    action: (opened: Opened<S>) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    const key = keyOf(deviceId, scope);
    const held = this.take(key, deviceId, scope);
    try {
      const opened = (await abortable(held.opened, signal)) as Opened<S>;
      return await action(opened);
    } finally {
      this.giveBack(key, held);
    }
  }

  private take(key: string, deviceId: string, scope: Scope): Held {
    const known = this.held.get(key);
    if (known && Date.now() - known.openedAt > this.freshMilliseconds) this.drop(key);
    let held = this.held.get(key);
    if (!held) {
      // Not with the caller's signal: others may be waiting for the same opening.
      const opened =
        scope === null ? this.providers.openTable(deviceId) : this.providers.openVolume({ deviceId, partition: scope });
      held = { opened, openedAt: Date.now(), users: 0, idle: null, dropped: false };
      opened.catch(() => this.drop(key, held));
      this.makeRoom();
    }
    this.held.delete(key);
    this.held.set(key, held);
    held.users++;
    if (held.idle) clearTimeout(held.idle);
    held.idle = null;
    return held;
  }

  private giveBack(key: string, held: Held): void {
    held.users--;
    if (held.users > 0) return;
    if (held.dropped) closeQuietly(held);
    else held.idle = setTimeout(() => this.drop(key, held), this.idleMilliseconds).unref();
  }

  /** The one that was not used for the longest time goes first. */
  private makeRoom(): void {
    for (const [key, { users }] of this.held) {
      if (this.held.size < this.maximumHeld) return;
      if (users === 0) this.drop(key);
    }
  }

  private drop(key: string, only?: Held): void {
    const held = this.held.get(key);
    if (!held || (only && held !== only)) return;
    this.held.delete(key);
    held.dropped = true;
    if (held.idle) clearTimeout(held.idle);
    if (held.users === 0) closeQuietly(held);
  }
}

const keyOf = (deviceId: string, scope: Scope): string => `${deviceId}\n${scope ?? 'table'}`;

/** Whoever could be told has got what it asked for. */
function closeQuietly({ opened }: Held): void {
  opened.then((provider) => provider?.close()).catch(() => undefined);
}
