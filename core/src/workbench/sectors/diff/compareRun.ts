import { fromWireError, type WireError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { Disposables, Emitter, type Disposable, type Workbench } from '../../api';

const differenceLimit = 100_000;

export type CompareState =
  { kind: 'idle' | 'running' } | { kind: 'ended'; how: 'done' | 'cancelled' | 'limit' } | { kind: 'failed'; error: unknown };

export interface CompareSide {
  deviceId: string;
  offset: number;
}

let tokens = 0;

/** A comparison of two devices: differences as they come. */
export class CompareRun implements Disposable {
  private token = '';
  private found: ByteRange[] = [];
  private stateNow: CompareState = { kind: 'idle' };
  private readonly owned = new Disposables();
  private readonly emitter = this.owned.add(new Emitter<void>());
  readonly onDidChange = this.emitter.event;
  figures: { done: number; total: number; bytesPerSecond: number } | null = null;
  /** Bytes that differ; known when it ended. */
  differentBytes: number | null = null;

  constructor(private readonly workbench: Workbench) {
    const { host } = workbench;
    this.owned.add(
      host.on('compare/progress', ({ token, differences, ...figures }) => {
        if (token !== this.token) return;
        for (const difference of differences) this.found.push(difference);
        this.figures = figures;
        this.emitter.fire();
      }),
    );
    this.owned.add(
      host.on('compare/ended', ({ token, state, error, differentBytes }) => {
        if (token !== this.token) return;
        this.differentBytes = differentBytes;
        this.set(
          state === 'failed'
            ? { kind: 'failed', error: error && fromWireError(error as WireError) }
            : { kind: 'ended', how: state },
        );
      }),
    );
  }

  /** From the two starting offsets, ascending. */
  get differences(): readonly ByteRange[] {
    return this.found;
  }

  get state(): CompareState {
    return this.stateNow;
  }

  /** Forgets what was found. */
  reset(): void {
    this.cancel();
    this.token = '';
    this.found = [];
    this.figures = null;
    this.differentBytes = null;
    this.set({ kind: 'idle' });
  }

  async start(left: CompareSide, right: CompareSide, length: number): Promise<void> {
    this.reset();
    const token = `compare-${(tokens += 1)}-${Date.now()}`;
    this.token = token;
    this.set({ kind: 'running' });
    try {
      await this.workbench.host.request('compare/start', { token, left, right, length, limit: differenceLimit });
    } catch (error) {
      if (this.token === token) this.set({ kind: 'failed', error });
    }
  }

  cancel(): void {
    if (this.stateNow.kind !== 'running') return;
    void this.workbench.host.request('compare/cancel', { token: this.token }).catch(() => undefined);
    this.set({ kind: 'ended', how: 'cancelled' });
  }

  dispose(): void {
    this.cancel();
    this.owned.dispose();
  }

  private set(state: CompareState): void {
    this.stateNow = state;
    this.emitter.fire();
  }
}
