import type { Disposable, HostConnection } from '../api';

/** What the host tells of an open view. */
export interface ViewListener {
  posted(message: unknown): void;
  ended(reason: string): void;
}

/** What came for views that are about to be known here: their first words may overtake the answer to opening them. */
const MAX_EARLY = 16;

/** Leads what the host tells of views to whoever shows them. */
export class ViewEvents {
  private readonly listeners = new Map<string, ViewListener>();
  private early: { viewId: string; tell(listener: ViewListener): void }[] = [];

  constructor(host: HostConnection) {
    host.on('views/posted', ({ viewId, message }) => this.tell(viewId, (listener) => listener.posted(message)));
    host.on('views/ended', ({ viewId, reason }) => this.tell(viewId, (listener) => listener.ended(reason)));
  }

  follow(viewId: string, listener: ViewListener): Disposable {
    this.listeners.set(viewId, listener);
    const early = this.early.filter((event) => event.viewId === viewId);
    this.early = this.early.filter((event) => event.viewId !== viewId);
    for (const { tell } of early) tell(listener);
    return { dispose: () => void this.listeners.delete(viewId) };
  }

  private tell(viewId: string, tell: (listener: ViewListener) => void): void {
    const listener = this.listeners.get(viewId);
    if (listener) tell(listener);
    else this.early = [...this.early, { viewId, tell }].slice(-MAX_EARLY);
  }
}
