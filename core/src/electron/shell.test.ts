import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ElectronModule } from './electronModule';
import { startShell } from './shell';

/** What the shell did to Electron, and the events that Electron would send. */
class FakeElectron {
  readonly app = Object.assign(new EventEmitter(), {
    enableSandbox: vi.fn(),
    setPath: vi.fn(),
    getPath: () => this.folder,
    requestSingleInstanceLock: vi.fn(() => true),
    whenReady: () => Promise.resolve(),
    quit: vi.fn(),
  });
  readonly windows: FakeWindow[] = [];
  readonly session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    webRequest: { onBeforeRequest: vi.fn() },
  });
  readonly dialog = { showOpenDialog: vi.fn(), showErrorBox: vi.fn() };
  readonly shell = { openExternal: vi.fn(() => Promise.resolve()) };
  template: { label: string; submenu: { label?: string; click?: () => void }[] }[] = [];

  constructor(readonly folder: string) {}

  module(): ElectronModule {
    const { windows } = this;
    return {
      app: this.app,
      BrowserWindow: class extends FakeWindow {
        constructor(options: Record<string, unknown>) {
          super(options);
          windows.push(this);
        }
      },
      Menu: { buildFromTemplate: (template: never) => (this.template = template), setApplicationMenu: vi.fn() },
      dialog: this.dialog,
      screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
      session: { defaultSession: this.session },
      shell: this.shell,
    } as unknown as ElectronModule;
  }

  /** The menu entry of this label. */
  click(label: string): void {
    const entry = this.template.flatMap(({ submenu }) => submenu).find((candidate) => candidate.label === label);
    entry!.click!();
  }
}

class FakeWindow extends EventEmitter {
  readonly loadURL = vi.fn((_url: string) => Promise.resolve());
  readonly show = vi.fn();
  readonly focus = vi.fn();
  readonly restore = vi.fn();
  readonly maximize = vi.fn();
  bounds = { x: 10, y: 20, width: 800, height: 600 };
  constructor(readonly options: Record<string, unknown>) {
    super();
  }
  isMinimized = () => true;
  isMaximized = () => false;
  getNormalBounds = () => this.bounds;
}

const URL_WITH_TOKEN = 'http://127.0.0.1:4711/?token=secret';

async function started(folder = scratch(), url = URL_WITH_TOKEN): Promise<FakeElectron> {
  const electron = new FakeElectron(folder);
  await startShell(electron.module(), { DISKWRIGHT_WORKBENCH_URL: url, DISKWRIGHT_WINDOW_FOLDER: folder });
  return electron;
}

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the window shows the workbench, sandboxed and without Node or preload', async () => {
  const { windows, app } = await started();
  expect(app.enableSandbox).toHaveBeenCalled();
  expect(windows[0]!.loadURL).toHaveBeenCalledWith(URL_WITH_TOKEN);
  expect(windows[0]!.options['webPreferences']).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false });
  expect(windows[0]!.options['webPreferences']).not.toHaveProperty('preload');
});

test('a second start brings the window of the first to the front', async () => {
  const { windows, app } = await started();
  app.emit('second-instance');
  expect(windows[0]!.restore).toHaveBeenCalled();
  expect(windows[0]!.focus).toHaveBeenCalled();
});

test('without the lock nothing is opened', async () => {
  const electron = new FakeElectron(scratch());
  electron.app.requestSingleInstanceLock.mockReturnValue(false);
  await startShell(electron.module(), { DISKWRIGHT_WORKBENCH_URL: URL_WITH_TOKEN });
  expect(electron.app.quit).toHaveBeenCalled();
  expect(electron.windows).toEqual([]);
});

test.each([
  ['http://127.0.0.1:4711/', false],
  ['http://127.0.0.1:4712/', true],
  ['https://example.org/', true],
  ['file:///etc/passwd', true],
  ['javascript:alert(1)', true],
])('navigation to %s is prevented: %s', async (url, isPrevented) => {
  const { app } = await started();
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
  app.emit('web-contents-created', {}, contents);
  for (const name of ['will-navigate', 'will-redirect']) {
    const event = { url, preventDefault: vi.fn() };
    contents.emit(name, event);
    expect(event.preventDefault).toHaveBeenCalledTimes(isPrevented ? 1 : 0);
  }
});

test('no window is opened by a page; links into the web go to the browser', async () => {
  const { app, shell } = await started();
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
  app.emit('web-contents-created', {}, contents);
  const open = contents.setWindowOpenHandler.mock.calls[0]![0] as (details: { url: string }) => unknown;
  expect(open({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
  expect(open({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
  expect(shell.openExternal.mock.calls).toEqual([['https://example.org/']]);
});

test('only copying is granted, and only the workbench is asked', async () => {
  const { session } = await started();
  const answer = vi.fn();
  const request = session.setPermissionRequestHandler.mock.calls[0]![0] as (c: null, p: string, a: typeof answer) => void;
  request(null, 'geolocation', answer);
  request(null, 'clipboard-sanitized-write', answer);
  expect(answer.mock.calls).toEqual([[false], [true]]);
  const before = session.webRequest.onBeforeRequest.mock.calls[0]![0] as (d: { url: string }, a: typeof answer) => void;
  const cancelled = (url: string): boolean => {
    const decide = vi.fn();
    before({ url }, decide);
    return (decide.mock.calls[0]![0] as { cancel: boolean }).cancel;
  };
  expect(cancelled('ws://127.0.0.1:4711/api/rpc')).toBe(false);
  expect(cancelled('http://view-0123abcd.localhost:4711/index.html')).toBe(false);
  for (const url of [
    'https://example.org/x.js',
    'http://view-0123abcd.localhost:4712/',
    'http://view-0123abcd.localhost.example.org:4711/',
  ])
    expect(cancelled(url), url).toBe(true);
});

test('the window comes up where it was closed, unless no screen shows that place', async () => {
  const folder = scratch();
  const first = await started(folder);
  first.windows[0]!.emit('close');
  expect((await started(folder)).windows[0]!.options).toMatchObject({ x: 10, y: 20, width: 800, height: 600 });
  const away = { bounds: { x: 9000, y: 0, width: 700, height: 500 }, isMaximized: false };
  writeFileSync(join(folder, 'window.json'), JSON.stringify(away));
  const { options } = (await started(folder)).windows[0]!;
  expect(options).toMatchObject({ width: 700, height: 500 });
  expect(options).not.toHaveProperty('x');
});

test('an image chosen in the native dialog is opened by the workbench', async () => {
  const asked: { authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body });
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const electron = await started(scratch(), `http://127.0.0.1:${port}/?token=secret`);
  electron.dialog.showOpenDialog.mockResolvedValue({ canceled: false, filePaths: ['/images/disk.img'] });
  electron.click('Open Image…');
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]!.authorization).toBe('Bearer secret');
  expect(JSON.parse(asked[0]!.body)).toEqual({ command: 'devices.openLayout', args: { path: '/images/disk.img' } });
});

test('closing the last window ends the shell', async () => {
  const { app } = await started();
  app.emit('window-all-closed');
  expect(app.quit).toHaveBeenCalled();
});
