import { fromWireError, type WireError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { SearchHit, SearchPattern } from '../../../common/workbench';
import { Emitter, type Workbench } from '../../api';

/** So many hits are kept; who wants more narrows the pattern. */
const hitLimit = 100_000;

export interface SearchFigures {
  done: number;
  total: number;
  skipped: number;
  unreadable: number;
  bytesPerSecond: number;
}

export type SearchState =
  | { kind: 'idle' }
  | { kind: 'running' }
  | { kind: 'ended'; how: 'done' | 'cancelled' | 'limit' }
  | { kind: 'failed'; error: unknown };

/** One search at a time: its hits as they come, in all views. */
export class SearchRun {
  private token = '';
  private tokens = 0;
  private pathNow: string | null = null;
  private kindNow: SearchPattern['kind'] = 'text';
  private hitsNow: SearchHit[] = [];
  private figuresNow: SearchFigures | null = null;
  private stateNow: SearchState = { kind: 'idle' };
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  /** The hit that was gone to last. */
  current: SearchHit | null = null;

  constructor(private readonly workbench: Workbench) {
    const { host } = workbench;
    host.on('search/progress', ({ token, hits, ...figures }) => {
      if (token !== this.token) return;
      for (const hit of hits) this.hitsNow.push(hit);
      this.figuresNow = figures;
      this.emitter.fire();
    });
    host.on('search/ended', ({ token, state, error }) => {
      if (token !== this.token) return;
      this.set(
        state === 'failed'
          ? { kind: 'failed', error: error && fromWireError(error as WireError) }
          : { kind: 'ended', how: state },
      );
    });
  }

  /** Of the device that was searched; null before the first search. */
  get path(): string | null {
    return this.pathNow;
  }

  /** Of the pattern that was searched for. */
  get kind(): SearchPattern['kind'] {
    return this.kindNow;
  }

  /** By offset. */
  get hits(): readonly SearchHit[] {
    return this.hitsNow;
  }

  get figures(): SearchFigures | null {
    return this.figuresNow;
  }

  get state(): SearchState {
    return this.stateNow;
  }

  /** Begins anew; the search before ends. What is wrong with the pattern is the state's error. */
  async start(path: string, deviceId: string, pattern: SearchPattern, range: ByteRange | undefined): Promise<void> {
    this.cancel();
    const token = `search-${(this.tokens += 1)}-${Date.now()}`;
    this.token = token;
    this.pathNow = path;
    this.kindNow = pattern.kind;
    this.hitsNow = [];
    this.figuresNow = null;
    this.current = null;
    this.set({ kind: 'running' });
    try {
      await this.workbench.host.request('search/start', { token, deviceId, pattern, range, limit: hitLimit });
    } catch (error) {
      if (this.token === token) this.set({ kind: 'failed', error });
    }
  }

  /** What was found stays. */
  cancel(): void {
    if (this.stateNow.kind !== 'running') return;
    const { token } = this;
    void this.workbench.host.request('search/cancel', { token }).catch(() => undefined);
    this.set({ kind: 'ended', how: 'cancelled' });
  }

  /** Forgets hits and marks. */
  clear(): void {
    this.cancel();
    this.token = '';
    this.pathNow = null;
    this.hitsNow = [];
    this.figuresNow = null;
    this.current = null;
    this.set({ kind: 'idle' });
  }

  choose(hit: SearchHit): void {
    this.current = hit;
    this.emitter.fire();
  }

  private set(state: SearchState): void {
    this.stateNow = state;
    this.emitter.fire();
  }
}
