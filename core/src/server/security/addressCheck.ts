import type { IncomingHttpHeaders } from 'node:http';

const HTTP_PORT = 80;

/** The names under which a loopback server may be asked, as the `Host` header has them. */
export function ownHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // Browsers leave the port out where it is the scheme's own.
  return [...names.map((name) => `${name}:${port}`), ...(port === HTTP_PORT ? names : [])];
}

/** What a request says of where it comes from. */
interface Caller {
  method: string;
  headers: IncomingHttpHeaders;
  /** It asks for a WebSocket. */
  upgrade: boolean;
  /** It carries the token itself, as programs do that are no browsers. */
  bearer: boolean;
  /** It is for `/`, to which links of other sites may lead. */
  entrance: boolean;
}

/**
 * Why a request is refused for where it comes from; null when it may go on. A name of somebody else's that was bound to the loopback address shows
 * in `Host`, a page of somebody else's in `Origin` and `Sec-Fetch-Site`.
 */
export function foreignCaller({ method, headers, upgrade, bearer, entrance }: Caller, hosts: readonly string[]): string | null {
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) return 'this server answers to its loopback address only';
  if (origin !== undefined && origin !== `http://${host}`) return 'requests of other origins are refused';
  const site = headers['sec-fetch-site'];
  if (!entrance && site !== undefined && site !== 'same-origin') return 'requests of other sites are refused';
  const changes = method !== 'GET' && method !== 'HEAD';
  if ((changes || upgrade) && origin === undefined && !bearer) return 'the request names no origin';
  return null;
}
