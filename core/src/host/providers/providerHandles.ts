import type { ByteRange } from '@diskwright/sdk/protocol';
import { FailedError, InvalidInputError, StaleError } from '@diskwright/sdk/errors';
import type { PluginProcess } from '../plugins/pluginProcess';

export type ProviderKind = 'filesystem' | 'partitionTable' | 'container';
const IN_WORDS: Readonly<Record<ProviderKind, string>> = {
  filesystem: 'volume',
  partitionTable: 'partition table',
  container: 'container',
};
/** Who opened a handle: the id of a plugin, or {@link HOST}. Nobody else can use it. */
export type Caller = string;
export const HOST: Caller = '';

/** A part of a device that a provider reads. */
export interface ReadPlace {
  readonly deviceId: string;
  readonly range: ByteRange;
}

/** A volume that a provider reads; 0 is the whole device. */
export interface ReadVolume extends ReadPlace {
  readonly partition: number;
}

/** Something that a provider has open for a caller. */
export interface ProviderHandle extends ReadPlace {
  readonly handle: string;
  readonly kind: ProviderKind;
  readonly caller: Caller;
  readonly process: PluginProcess;
  /** Its name at the provider. */
  readonly inner: string;
  readonly leaseIds: readonly string[];
  /** Of a container, its other members. */
  readonly further: readonly ReadVolume[];
  /** Of a volume, its partition; 0 is the whole device. Null of a table. */
  readonly partition: number | null;
  /** Ends the provider's use of its process. */
  readonly release: () => void;
}

const MAX_HANDLES_OF_A_CALLER = 512;

/** The open handles, by the names that callers know them by; and why those are gone that a caller may still hold. */
export class ProviderHandles {
  private readonly open = new Map<string, ProviderHandle>();
  private readonly gone = new Map<string, { caller: Caller; reason: string }>();
  private sequence = 0;

  /** @throws FailedError when the caller has too many open */
  add(entry: Omit<ProviderHandle, 'handle'>): ProviderHandle {
    if (this.where(({ caller }) => caller === entry.caller).length >= MAX_HANDLES_OF_A_CALLER) {
      throw new FailedError(`more than ${MAX_HANDLES_OF_A_CALLER} volumes and tables are open at once; close some`);
    }
    const handle = { ...entry, handle: `handle${++this.sequence}` };
    this.open.set(handle.handle, handle);
    return handle;
  }

  /**
   * @throws StaleError when it was open once: the device changed or the provider ended, InvalidInputError when the caller never had it
   */
  get(caller: Caller, handle: string, kind: ProviderKind): ProviderHandle {
    const entry = this.open.get(handle);
    if (entry && entry.caller === caller && entry.kind === kind) return entry;
    const gone = this.gone.get(handle);
    if (gone?.caller === caller) throw new StaleError(gone.reason, { todo: 'Open it again.' });
    throw new InvalidInputError(`${handle} is no open ${IN_WORDS[kind]}`);
  }

  find(caller: Caller, handle: string): ProviderHandle | null {
    const entry = this.open.get(handle);
    return entry?.caller === caller ? entry : null;
  }

  where(matches: (handle: ProviderHandle) => boolean): ProviderHandle[] {
    return [...this.open.values()].filter(matches);
  }

  /** Takes it out; false when somebody else did already. Later uses are answered with the reason. */
  remove({ handle, caller }: ProviderHandle, reason: string): boolean {
    if (!this.open.delete(handle)) return false;
    this.gone.set(handle, { caller, reason });
    if (this.gone.size > MAX_HANDLES_OF_A_CALLER) this.gone.delete(this.gone.keys().next().value!);
    return true;
  }
}
