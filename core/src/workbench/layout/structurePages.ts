import type { StructureEntry } from '../../common/workbench';
import type { Workbench } from '../api';

/** Structures of a table (null) or of a volume, as far as they were asked for. */
export interface LoadedStructures {
  entries: readonly StructureEntry[];
  /** Where to go on; null at the end. */
  next: number | null;
  loading: boolean;
  error: unknown;
}

/** The structures of one device by page. Tells when what it holds changes; ends its requests when it is disposed. */
export class StructurePages {
  private readonly scopes = new Map<number | null, LoadedStructures>();
  private ending = new AbortController();

  constructor(
    private readonly workbench: Workbench,
    private readonly path: string,
    private readonly changed: () => void,
  ) {}

  /** Null before the first page was asked for. */
  get(scope: number | null): LoadedStructures | null {
    return this.scopes.get(scope) ?? null;
  }

  /** The first page, or the next one. */
  async more(scope: number | null): Promise<void> {
    const { signal } = this.ending;
    const before = this.get(scope);
    if (before?.loading) return;
    const entries = before?.entries ?? [];
    this.set(scope, { entries, next: before?.next ?? 0, loading: true, error: null });
    try {
      const { deviceId } = await this.workbench.devices.open(this.path);
      const page = await this.workbench.host.request('structures/list', { deviceId, scope, from: before?.next ?? 0 }, signal);
      if (!signal.aborted)
        this.set(scope, { entries: [...entries, ...page.structures], next: page.next, loading: false, error: null });
    } catch (error) {
      if (!signal.aborted) this.set(scope, { entries, next: before?.next ?? 0, loading: false, error });
    }
  }

  /** Forgets everything: the content of the device is another. */
  reset(): void {
    this.dispose();
    this.ending = new AbortController();
    this.scopes.clear();
    this.changed();
  }

  dispose(): void {
    this.ending.abort();
  }

  private set(scope: number | null, loaded: LoadedStructures): void {
    this.scopes.set(scope, loaded);
    this.changed();
  }
}
