import type { StructureEntry, WorkbenchResult } from '../../../common/workbench';
import { Emitter } from '../../api/events';
import type { HostConnection } from '../../api/host';

export interface ListedStructure extends StructureEntry {
  scope: number | null;
}

/** A list for jumping around; longer ones say so. */
const listLimit = 20_000;

/** All structures of a device, read when they are first asked for: those of the table, then volume by volume. */
export class StructureList {
  private entriesKnown: ListedStructure[] = [];
  private stateNow: 'unread' | 'reading' | 'read' | 'truncated' = 'unread';
  private reading: Promise<void> | null = null;
  private abort = new AbortController();
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;

  /** @param scopes null for the table, numbers of partitions; asked for when reading begins */
  constructor(
    private readonly host: HostConnection,
    private readonly deviceId: string,
    private readonly scopes: () => Promise<(number | null)[]>,
  ) {}

  /** By place. */
  get entries(): readonly ListedStructure[] {
    return this.entriesKnown;
  }

  get state(): 'unread' | 'reading' | 'read' | 'truncated' {
    return this.stateNow;
  }

  /** Resolves when all are known, whoever asked first. */
  read(): Promise<void> {
    return (this.reading ??= this.readAll());
  }

  private async readAll(): Promise<void> {
    this.stateNow = 'reading';
    const { signal } = this.abort;
    let truncated = false;
    const entries: ListedStructure[] = [];
    for (const scope of await this.scopes()) {
      try {
        truncated = (await this.readScope(scope, entries, signal)) || truncated;
      } catch {
        // A volume whose provider cannot tell does not hide those of the others.
        if (signal.aborted) return;
      }
    }
    this.entriesKnown = entries.sort((left, right) => left.offset - right.offset || right.length - left.length);
    this.stateNow = truncated ? 'truncated' : 'read';
    this.emitter.fire();
  }

  clear(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.entriesKnown = [];
    this.stateNow = 'unread';
    this.reading = null;
    this.emitter.fire();
  }

  dispose(): void {
    this.abort.abort();
    this.emitter.dispose();
  }

  /** @returns whether there are more than are listed */
  private async readScope(scope: number | null, entries: ListedStructure[], signal: AbortSignal): Promise<boolean> {
    let from: number | null = 0;
    while (from !== null) {
      if (entries.length >= listLimit) return true;
      const page: WorkbenchResult<'structures/list'> = await this.host.request(
        'structures/list',
        { deviceId: this.deviceId, scope, from },
        signal,
      );
      entries.push(...page.structures.map((entry) => ({ ...entry, scope })));
      from = page.next;
    }
    return false;
  }
}
