import {
  CONNECT,
  type Connect,
  type FromPage,
  type LeaveFor,
  MAX_MESSAGE_CHARACTERS,
  MAX_STATE_CHARACTERS,
  READY,
  type ToPage,
  type ViewTheme,
} from './viewMessages';
import type { ConnectEvent, KeyEvent, ViewPort, ViewWindow } from './viewWindow';

/** What a plugin said of a request of its page. */
export class ViewError extends Error {
  /** @param todo what to do about it, a sentence for people; null when nothing was said */
  constructor(
    message: string,
    readonly todo: string | null,
  ) {
    super(message);
    this.name = 'ViewError';
  }
}

/** The workbench around a page. */
export interface DiskwrightView {
  /** What the view is opened on, as the user named it; null for a view of nothing. */
  readonly subject: string | null;
  /** What {@link setState} was given last, also before a reload; null at first. */
  readonly state: unknown;
  readonly theme: ViewTheme;
  /** Whether it can be seen; a page that cannot be should draw and ask nothing. */
  readonly visible: boolean;
  /**
   * Asks the plugin, by a method of its `requests`. JSON, at most 256 Ki characters.
   * @throws ViewError with what the plugin says; the signal's reason, which cancels the request there, too
   */
  request<T>(method: string, params?: unknown, signal?: AbortSignal): Promise<T>;
  /** Keeps JSON of at most 64 Ki characters for the next time that the view is opened. */
  setState(state: unknown): void;
  /** Is told what the plugin posts. */
  onMessage(listener: (message: unknown) => void): () => void;
  onTheme(listener: (theme: ViewTheme) => void): () => void;
  onVisible(listener: (visible: boolean) => void): () => void;
}

/**
 * Connects the page to the workbench. To be called once, by the page's script. Puts the theme's colours on the document, as `--dw-NAME` and
 * `data-theme="dark|light"`, and keeps them; keys that leave the view (F6, Shift+F6, F1, Ctrl+Shift+P, Ctrl+P) go to the workbench.
 * @param page the window; another in tests
 */
export function acquireDiskwright(page: ViewWindow = globalThis as unknown as ViewWindow): Promise<DiskwrightView> {
  return new Promise((resolve) => {
    const onMessage = ({ source, data, ports }: ConnectEvent): void => {
      const connect = data as Partial<Connect> | null;
      if (source !== page.parent || connect?.diskwright !== CONNECT || !ports[0]) return;
      page.removeEventListener('message', onMessage);
      resolve(new ConnectedView(page, ports[0], connect as Connect));
    };
    page.addEventListener('message', onMessage);
    // No origin is named: the page that frames this one is the workbench, by the policy with which this one is served.
    page.parent.postMessage(READY, '*');
  });
}

class ConnectedView implements DiskwrightView {
  readonly subject: string | null;
  state: unknown;
  theme: ViewTheme;
  visible: boolean;
  private nextId = 0;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: unknown): void }>();
  private readonly messages = new Set<(message: unknown) => void>();
  private readonly themes = new Set<(theme: ViewTheme) => void>();
  private readonly visibilities = new Set<(visible: boolean) => void>();

  constructor(
    private readonly page: ViewWindow,
    private readonly port: ViewPort,
    { subject, state, theme, visible }: Connect,
  ) {
    this.subject = subject;
    this.state = state;
    this.theme = theme;
    this.visible = visible;
    this.applyTheme();
    page.addEventListener('keydown', (event) => this.onKey(event));
    port.onmessage = ({ data }) => this.take(JSON.parse(data as string) as ToPage);
  }

  request<T>(method: string, params: unknown = null, signal?: AbortSignal): Promise<T> {
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = (): void => {
        this.waiting.delete(id);
        this.send({ kind: 'cancel', id });
        reject(signal!.reason);
      };
      const settled = (): void => signal?.removeEventListener('abort', onAbort);
      this.send({ kind: 'request', id, method, params });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.set(id, {
        resolve: (result) => (settled(), resolve(result as T)),
        reject: (error) => (settled(), reject(error)),
      });
    });
  }

  setState(state: unknown): void {
    if (JSON.stringify(state).length > MAX_STATE_CHARACTERS)
      throw new RangeError(`a view keeps at most ${MAX_STATE_CHARACTERS} characters of JSON`);
    this.state = state;
    this.send({ kind: 'state', state });
  }

  onMessage(listener: (message: unknown) => void): () => void {
    return added(this.messages, listener);
  }

  onTheme(listener: (theme: ViewTheme) => void): () => void {
    return added(this.themes, listener);
  }

  onVisible(listener: (visible: boolean) => void): () => void {
    return added(this.visibilities, listener);
  }

  private take(message: ToPage): void {
    switch (message.kind) {
      case 'answer':
        return this.settle(message.id)?.resolve(message.result);
      case 'failed':
        return this.settle(message.id)?.reject(new ViewError(message.message, message.todo));
      case 'post':
        return this.messages.forEach((listener) => listener(message.message));
      case 'theme':
        this.theme = message.theme;
        this.applyTheme();
        return this.themes.forEach((listener) => listener(message.theme));
      case 'visible':
        this.visible = message.visible;
        return this.visibilities.forEach((listener) => listener(message.visible));
    }
  }

  private settle(id: number) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  private send(message: FromPage): void {
    const text = JSON.stringify(message);
    if (text.length > MAX_MESSAGE_CHARACTERS)
      throw new RangeError(`a message of a view has at most ${MAX_MESSAGE_CHARACTERS} characters`);
    this.port.postMessage(text);
  }

  private applyTheme(): void {
    const { dataset, style } = this.page.document.documentElement;
    dataset['theme'] = this.theme.dark ? 'dark' : 'light';
    if (this.theme.highContrast) dataset['highContrast'] = '';
    else delete dataset['highContrast'];
    for (const [name, value] of Object.entries(this.theme.colors)) style.setProperty(`--dw-${name}`, value);
    style.setProperty('color-scheme', this.theme.dark ? 'dark' : 'light');
  }

  private onKey(event: KeyEvent): void {
    const leave = leavingKey(event);
    if (leave === null) return;
    event.preventDefault();
    this.send({ kind: 'leave', for: leave });
  }
}

function leavingKey({ key, ctrlKey, shiftKey, altKey, metaKey }: KeyEvent): LeaveFor | null {
  if (altKey || metaKey) return null;
  if (key === 'F6' && !ctrlKey) return shiftKey ? 'previous' : 'next';
  if (key === 'F1' && !ctrlKey && !shiftKey) return 'commands';
  if (key.toLowerCase() !== 'p' || !ctrlKey) return null;
  return shiftKey ? 'commands' : 'quickOpen';
}

function added<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  const own = (value: T): void => listener(value);
  listeners.add(own);
  return () => void listeners.delete(own);
}
