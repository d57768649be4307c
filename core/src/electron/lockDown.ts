import type { ElectronModule } from './electronModule';

/** Copying is what the workbench needs of a browser; nothing else is ever granted. */
const GRANTED = new Set(['clipboard-sanitized-write']);

/**
 * Keeps every page on the workbench's own address: nothing is loaded from elsewhere, no window is opened, nothing is granted. Links into the web go
 * to the user's browser.
 * @param origin of the workbench, such as `http://127.0.0.1:4711`
 */
export function lockDown({ app, session, shell }: ElectronModule, origin: string): void {
  const { defaultSession } = session;
  const isOwn = (url: string): boolean => URL.canParse(url) && new URL(url).origin === origin;
  // The page's WebSocket has the same host and another scheme; the views of plugins have hosts of their own at the same port.
  const isOwnRequest = (url: string): boolean =>
    isOwn(url.replace(/^ws:/, 'http:')) || isView(url, origin) || /^(data|blob|devtools):/.test(url);

  defaultSession.setPermissionRequestHandler((_contents, permission, answer) => answer(GRANTED.has(permission)));
  defaultSession.setPermissionCheckHandler((_contents, permission) => GRANTED.has(permission));
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwnRequest(url) }));
  defaultSession.on('will-download', (event, item) => {
    if (!item.getURL().startsWith('blob:') && !isOwn(item.getURL())) event.preventDefault();
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwn(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwn(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (/^https:\/\//.test(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/** Whether it is of a host below `localhost` at the port of the workbench. */
function isView(url: string, origin: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port } = new URL(url);
  return protocol === 'http:' && /^view-[0-9a-f]+\.localhost$/.test(hostname) && port === new URL(origin).port;
}
