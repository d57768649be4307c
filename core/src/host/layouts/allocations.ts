import { ExtentList } from '@diskwright/sdk/extents';
import type { VolumeRef } from '@diskwright/sdk/protocol';
import { readToEnd } from '@diskwright/sdk/runtime';
import { SharedTask } from '../../common/flow/sharedTask';
import type { DeviceService } from '../devices/deviceService';
import type { HeldProviders } from '../providers/heldProviders';
import type { ProviderAccess } from './layoutService';

/** Which bytes of a volume its filesystem uses, in memory. */
export interface KnownAllocation {
  confidence: 'exact' | 'conservative' | 'unknown';
  reasons: string[];
  /** From the volume's start; null exactly when `unknown`. */
  extents: ExtentList | null;
  /** Null where no plugin knows the volume. */
  blockSize: number | null;
  /** Digest of the volume's generation that it was made of; null where no plugin knows the volume. */
  generation: string | null;
}

interface Kept {
  task: SharedTask<KnownAllocation>;
  /** Null while it is read. */
  known: KnownAllocation | null;
  /** When the volume was last seen to be of that generation. */
  seenAt: number;
  idle: NodeJS.Timeout | null;
}

/** So long a volume counts as unchanged without being asked. */
const FRESH_MILLISECONDS = 2_000;
const UNKNOWN = 'no plugin knows what it holds';
const IDLE_MILLISECONDS = 60_000;
/** What the lists may take together; the one that is used now stays whatever it takes. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Four million extents: more than a list is good for in a view. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;

/** The allocations of volumes that are looked at, kept as long as the volume's generation stays the same. */
export class Allocations {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly devices: DeviceService,
    private readonly providers: ProviderAccess,
    private readonly held: HeldProviders,
  ) {
    held.onForgotten((deviceId) => this.forget(deviceId));
  }

  /**
   * What the volume's filesystem uses now. Callers at the same time share the work, which is cancelled with the last of them.
   * @throws what the provider throws, CancelledError
   */
  async of(volume: VolumeRef, signal?: AbortSignal): Promise<KnownAllocation> {
    const key = keyOf(volume);
    const known = this.kept.get(key);
    if (known && (known.task.abandoned || !(await this.isCurrent(known, volume)))) this.drop(key, known);
    const kept = this.kept.get(key) ?? this.begin(key, volume);
    this.use(key, kept);
    return kept.task.wait(signal);
  }

  private forget(deviceId: string): void {
    for (const [key, kept] of this.kept) if (key.startsWith(`${deviceId}\n`)) this.drop(key, kept);
  }

  private begin(key: string, volume: VolumeRef): Kept {
    const task = new SharedTask((signal) => this.read(volume, signal));
    const kept: Kept = { task, known: null, seenAt: Date.now(), idle: null };
    task.outcome.then(
      (known) => {
        kept.known = known;
        kept.seenAt = Date.now();
        this.makeRoom(key);
      },
      () => this.drop(key, kept),
    );
    this.kept.set(key, kept);
    return kept;
  }

  private async read(volume: VolumeRef, signal: AbortSignal): Promise<KnownAllocation> {
    const opened = await this.providers.openVolume(volume, signal);
    if (!opened) return { confidence: 'unknown', reasons: [UNKNOWN], extents: null, blockSize: null, generation: null };
    try {
      const [{ digest: generation }, { blockSize }, allocation] = await Promise.all([
        opened.generation(),
        opened.info(),
        opened.allocation(),
      ]);
      const { confidence, reasons, extents: reference } = allocation;
      if (!reference) return { confidence, reasons, extents: null, blockSize, generation };
      if (reference.bytes > MAX_LIST_BYTES) {
        const reason = `its ${reference.count} used extents are more than can be shown`;
        return { confidence: 'unknown', reasons: [...reasons, reason], extents: null, blockSize, generation };
      }
      const blob = await readToEnd(await this.devices.getBlob(reference), reference.bytes, signal);
      return { confidence, reasons, extents: ExtentList.fromBlob(blob), blockSize, generation };
    } finally {
      await opened.close();
    }
  }

  /** Whether the volume still is of the generation that was read. What is being read now is. */
  private async isCurrent(kept: Kept, { deviceId, partition }: VolumeRef): Promise<boolean> {
    if (!kept.known || Date.now() - kept.seenAt < FRESH_MILLISECONDS) return true;
    const { generation } = kept.known;
    try {
      const now = await this.held.use(deviceId, partition, async (opened) => (await opened?.generation())?.digest ?? null);
      if (now === generation) kept.seenAt = Date.now();
      return now === generation;
    } catch {
      // Whatever is wrong shows when it is read anew.
      return false;
    }
  }

  private use(key: string, kept: Kept): void {
    this.kept.delete(key);
    this.kept.set(key, kept);
    if (kept.idle) clearTimeout(kept.idle);
    kept.idle = setTimeout(() => this.drop(key, kept), IDLE_MILLISECONDS).unref();
  }

  /** The one that was not used for the longest time goes first. */
  private makeRoom(current: string): void {
    let total = [...this.kept.values()].reduce((sum, { known }) => sum + sizeOf(known), 0);
    for (const [key, kept] of this.kept) {
      if (total <= MAX_BYTES) return;
      if (key === current) continue;
      total -= sizeOf(kept.known);
      this.drop(key, kept);
    }
  }

  private drop(key: string, kept: Kept): void {
    if (this.kept.get(key) === kept) this.kept.delete(key);
    if (kept.idle) clearTimeout(kept.idle);
  }
}

const sizeOf = (known: KnownAllocation | null): number => known?.extents?.blob.length ?? 0;
const keyOf = ({ deviceId, partition }: VolumeRef): string => `${deviceId}\n${partition}`;
