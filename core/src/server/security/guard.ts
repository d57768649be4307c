import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LOGOUT_PATH, RPC_PATH } from '../../common/workbench/endpoints';
import { foreignCaller, ownHosts } from './addressCheck';
import { securityHeaders } from './headers';
import type { Session } from './session';
import { peerUser } from './peerUserLinux';
import { FORWARD_PAGE, SIGN_IN_PAGE } from './signInPages';

/** Cookies do not know ports, so that two servers would take each other's. */
export const cookieName = (port: number): string => `diskwright-${port}`;

const NOT_SIGNED_IN = 'not signed in as this user of the machine: open the address that diskwright printed';

/** What programs that are no browsers may ask with the token itself. */
const BEARER_PATHS = ['/api/run', LOGOUT_PATH];

/**
 * Looks at every request and upgrade, before any route: it must be asked of our own address, from our own pages, and with the cookie of the session that
 * was given to this very user (or the token as bearer). `/?token=…` exchanges the token for the cookie, as often as it is asked until the session ends.
 */
export function addGuard(server: FastifyInstance, session: Session, port: () => number): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(port())).header('cache-control', 'no-store');
    const path = request.url.split('?', 1)[0]!;
    const bearer = BEARER_PATHS.includes(path) && session.isToken(bearerOf(request));
    const upgrade = request.headers.upgrade !== undefined;
    const api = path.startsWith('/api/') || path === LOGOUT_PATH;
    const entrance = path === '/';
    const caller = { method: request.method, headers: request.headers, upgrade, bearer, entrance };
    const refusal = foreignCaller(caller, ownHosts(port()));
    if (refusal !== null) return refuse(reply, 403, refusal);
    if (upgrade && path !== RPC_PATH) return refuse(reply, 400, 'there is no WebSocket here');
    if (entrance && request.method === 'GET' && mayEnter(request, session)) {
      const cookie = session.cookieOf(peerUser(request.raw.socket));
      reply.setCookie(cookieName(port()), cookie, { path: '/', httpOnly: true, sameSite: 'strict' });
      if (request.headers['sec-fetch-site'] !== 'cross-site') return reply.redirect('/', 303);
      return reply.type('text/html; charset=utf-8').send(FORWARD_PAGE);
    }
    const cookie = request.cookies[cookieName(port())];
    if (bearer || (cookie !== undefined && session.isCookieOf(peerUser(request.raw.socket), cookie))) return;
    if (api || upgrade) return refuse(reply, 401, NOT_SIGNED_IN);
    return reply.code(401).type('text/html; charset=utf-8').send(SIGN_IN_PAGE);
  });
}

/** By the token of the address; or by a code for one use, which only a program of this very user may present. */
function mayEnter(request: FastifyRequest, session: Session): boolean {
  const { token, code } = request.query as { token?: unknown; code?: unknown };
  if (typeof token === 'string') return session.isToken(token);
  return typeof code === 'string' && peerUser(request.raw.socket) === process.getuid?.() && session.redeemCode(code);
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer ([\w-]{1,128})$/.exec(request.headers.authorization ?? '')?.[1];
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}
