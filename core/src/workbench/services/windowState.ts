import { type Disposable, Disposables, Emitter, type HostConnection, type StateService } from '../api';

const GATHER_MILLISECONDS = 400;

/** State that is kept on the host. Writes are gathered for a moment; those that wait are what `read` answers. */
export class WindowState implements StateService, Disposable {
  private readonly waiting = new Map<string, unknown>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly changed = new Emitter<string>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions = new Disposables();
  private isLeaving = false;
  private readonly onPageHide = (): void => {
    this.isLeaving = true;
    this.flush();
  };
  private readonly onPageShow = (): void => void (this.isLeaving = false);

  constructor(
    private readonly host: HostConnection,
    private readonly showError: (error: unknown) => void,
  ) {
    this.subscriptions.add(host.on('state/changed', ({ key }) => this.changed.fire(key)));
    addEventListener('pagehide', this.onPageHide);
    addEventListener('pageshow', this.onPageShow);
  }

  async read<T>(key: string): Promise<T | null> {
    if (this.waiting.has(key)) return this.waiting.get(key) as T | null;
    const { value } = await this.host.request('state/read', { key });
    return value as T | null;
  }

  write(key: string, value: unknown): void {
    this.waiting.set(key, value);
    // Others write when they hear that the page goes, too, and there is no later then.
    if (this.isLeaving) return this.flush();
    this.timer ??= setTimeout(() => this.flush(), GATHER_MILLISECONDS);
  }

  dispose(): void {
    this.flush();
    removeEventListener('pagehide', this.onPageHide);
    removeEventListener('pageshow', this.onPageShow);
    this.subscriptions.dispose();
  }

  private flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const [key, value] of this.waiting) this.host.request('state/write', { key, value }).catch(this.showError);
    this.waiting.clear();
  }
}
