import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServedView, ViewAddresses } from './viewAddresses';
import { viewHeaders } from './viewPolicy';

/** A page that frames another names itself so; programs that are no browsers do not say. */
const PAGE_DESTINATIONS = [undefined, 'iframe'];
/**
 * Stands before every script of a view. Connections between browsers are beyond what a policy can forbid everywhere; without their constructors there are
 * none, and no script of a view comes from anywhere but here.
 */
const PRELUDE = Buffer.from(
  "for(const n of ['RTCPeerConnection','webkitRTCPeerConnection','RTCDataChannel','WebTransport'])delete globalThis[n];\n",
);

/** Answers requests for the hosts of views, before anything else is asked: they carry no cookie, and get nothing but the view's own files. */
export function serveViews(server: FastifyInstance, addresses: ViewAddresses, port: () => number): void {
  server.addHook('onRequest', async (request, reply) => {
    const view = addresses.find(request.headers.host);
    if (view === undefined) return;
    if (view === null) return refuse(reply, 404, 'this view is closed');
    return serveFile(view, request, reply, port());
  });
}

async function serveFile(view: ServedView, request: FastifyRequest, reply: FastifyReply, port: number): Promise<FastifyReply> {
  reply.headers(viewHeaders(view.origin, port));
  if (request.headers.upgrade !== undefined) return refuse(reply, 400, 'there is no WebSocket here');
  if (request.method !== 'GET') return refuse(reply, 405, 'there are only files here');
  const name = request.url.split('?', 1)[0]!.slice(1);
  const file = view.files.files.get(name);
  if (!file) return refuse(reply, 404, 'the view has no such file');
  const destination = request.headers['sec-fetch-dest'] as string | undefined;
  const isPage = file.type.startsWith('text/html');
  if (isPage && !PAGE_DESTINATIONS.includes(destination)) return refuse(reply, 403, 'this page is shown in the workbench only');
  const content = await file.read();
  return reply.type(file.type).send(file.type.startsWith('text/javascript') ? Buffer.concat([PRELUDE, content]) : content);
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}
