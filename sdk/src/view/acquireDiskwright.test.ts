/** @module-tag alone */
import { expect, test } from 'vitest';
import { acquireDiskwright, type DiskwrightView, ViewError } from './acquireDiskwright';
import { CONNECT, type FromPage, MAX_MESSAGE_CHARACTERS, MAX_STATE_CHARACTERS, READY, type ToPage } from './viewMessages';
import type { ConnectEvent, KeyEvent, ViewPort, ViewWindow } from './viewWindow';

/** A page's window, and the workbench at the other end of its port. */
class FakePage {
  readonly asked: unknown[] = [];
  readonly sent: FromPage[] = [];
  readonly style = new Map<string, string>();
  readonly port: ViewPort = { postMessage: (text) => void this.sent.push(JSON.parse(text) as FromPage), onmessage: null };
  readonly window: ViewWindow;
  private readonly listeners = new Map<string, Set<(event: never) => void>>();

  constructor() {
    const { listeners } = this;
    this.window = {
      parent: { postMessage: (message) => void this.asked.push(message) },
      document: { documentElement: { dataset: {}, style: { setProperty: (name, value) => void this.style.set(name, value) } } },
      addEventListener: (type: string, listener: (event: never) => void) =>
        void listeners.set(type, (listeners.get(type) ?? new Set()).add(listener)),
      removeEventListener: (type: string, listener: (event: never) => void) => void listeners.get(type)?.delete(listener),
    };
  }

  tell(type: 'message' | 'keydown', event: Partial<ConnectEvent & KeyEvent>): void {
    for (const listener of this.listeners.get(type) ?? []) (listener as (event: unknown) => void)(event);
  }

  connect(source: unknown = this.window.parent): void {
    const theme = { dark: true, highContrast: false, colors: { background: '#111' } };
    const data = { diskwright: CONNECT, subject: 'disk.img', state: { at: 7 }, theme, visible: true };
    this.tell('message', { source, data, ports: [this.port] });
  }

  receive(message: ToPage): void {
    this.port.onmessage!({ data: JSON.stringify(message) });
  }
}

async function connected(): Promise<{ page: FakePage; view: DiskwrightView }> {
  const page = new FakePage();
  const acquired = acquireDiskwright(page.window);
  page.connect();
  return { page, view: await acquired };
}

test('a page asks for its port, and takes one of the window around it only', async () => {
  const page = new FakePage();
  const acquired = acquireDiskwright(page.window);
  expect(page.asked).toEqual([READY]);
  page.connect({});
  expect(page.port.onmessage).toBeNull();
  page.connect();
  const view = await acquired;
  expect(view).toMatchObject({ subject: 'disk.img', state: { at: 7 }, visible: true });
  expect(page.style.get('--dw-background')).toBe('#111');
  expect(page.window.document.documentElement.dataset['theme']).toBe('dark');
});

test('a request is answered, fails with what to do, or is cancelled', async () => {
  const { page, view } = await connected();
  const answered = view.request('a', 1);
  page.receive({ kind: 'answer', id: 0, result: 2 });
  expect(await answered).toBe(2);
  const failed = view.request('b');
  page.receive({ kind: 'failed', id: 1, message: 'no way', todo: 'Turn back.' });
  await expect(failed).rejects.toEqual(new ViewError('no way', 'Turn back.'));
  const controller = new AbortController();
  const cancelled = view.request('c', null, controller.signal);
  controller.abort(new Error('enough'));
  await expect(cancelled).rejects.toThrow('enough');
  expect(page.sent.at(-1)).toEqual({ kind: 'cancel', id: 2 });
});

test('what is too large is an error in the page, and is not sent', async () => {
  const { page, view } = await connected();
  await expect(view.request('a', 'x'.repeat(MAX_MESSAGE_CHARACTERS))).rejects.toThrow(RangeError);
  expect(() => view.setState('x'.repeat(MAX_STATE_CHARACTERS))).toThrow(RangeError);
  expect(page.sent).toEqual([]);
});

test('theme, visibility and messages are told until nobody listens any more', async () => {
  const { page, view } = await connected();
  const told: unknown[] = [];
  const stop = view.onMessage((message) => told.push(message));
  view.onVisible((visible) => told.push(visible));
  page.receive({ kind: 'post', message: 'first' });
  stop();
  page.receive({ kind: 'post', message: 'second' });
  page.receive({ kind: 'visible', visible: false });
  expect(told).toEqual(['first', false]);
  page.receive({ kind: 'theme', theme: { dark: false, highContrast: true, colors: {} } });
  expect(page.window.document.documentElement.dataset).toMatchObject({ theme: 'light', highContrast: '' });
});

test('keys that lead out of the view go to the workbench, others stay', async () => {
  const { page } = await connected();
  const plain = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, preventDefault: () => undefined };
  page.tell('keydown', { ...plain, key: 'F6', shiftKey: true });
  page.tell('keydown', { ...plain, key: 'P', ctrlKey: true, shiftKey: true });
  page.tell('keydown', { ...plain, key: 'Enter' });
  expect(page.sent).toEqual([
    { kind: 'leave', for: 'previous' },
    { kind: 'leave', for: 'commands' },
  ]);
});
