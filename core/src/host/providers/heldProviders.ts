import type { TableProxy, VolumeProxy } from '@diskwright/sdk';
import type { ProviderAccess } from '../layouts/layoutService';
import { type Disposable, Listeners } from '../listeners';
import { HeldOpen, type HeldOpenOptions } from './heldOpen';

/** The partition table (null) or a volume (0 is the whole device as one) of a device. */
export type Scope = number | null;

/** A provider that is kept open; null where no provider knows what is there. */
type Opened<S extends Scope> = (S extends null ? TableProxy : VolumeProxy) | null;

/**
 * Keeps tables and volumes open for a moment after their use, for views that ask again and again: opening costs a lease, a socket and several reads, and a
 * provider has its pages at hand.
 */
export class HeldProviders {
  private readonly held: HeldOpen<TableProxy | VolumeProxy | null>;
  private readonly forgotten = new Listeners<string>();

  constructor(
    private readonly providers: ProviderAccess,
    { idleMilliseconds = 2_000, freshMilliseconds = 10_000, maximumHeld = 32 }: Partial<HeldOpenOptions> = {},
  ) {
    this.held = new HeldOpen({ idleMilliseconds, freshMilliseconds, maximumHeld });
  }

  /** Runs `action` with the provider of a scope. See {@link HeldOpen.use}. */
  use<S extends Scope, R>(
    deviceId: string,
    scope: S,
    action: (opened: Opened<S>) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    const open = (): Promise<TableProxy | VolumeProxy | null> =>
      scope === null ? this.providers.openTable(deviceId) : this.providers.openVolume({ deviceId, partition: scope });
    return this.held.use(keyOf(deviceId, scope), open, (opened) => action(opened as Opened<S>), signal);
  }

  /** The content of a device changed, or it is to be closed: nothing that was read of it counts any more. */
  forget(deviceId: string): void {
    this.held.forget((key) => key.startsWith(`${deviceId}\n`));
    this.forgotten.tell(deviceId);
  }

  /** Is told when what was read of a device counts no more. */
  onForgotten(listener: (deviceId: string) => void): Disposable {
    return this.forgotten.add(listener);
  }

  /** Closes all, each with its last user: other plugins may provide them from now on. */
  closeAll(): void {
    this.held.forget(() => true);
  }
}

const keyOf = (deviceId: string, scope: Scope): string => `${deviceId}\n${scope ?? 'table'}`;
