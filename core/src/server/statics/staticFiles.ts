import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * The page's files. Each file that lies in the folder now gets a route of its own, so that no path that comes from outside is ever looked up on disk.
 * @param folder `dist/workbench`, where the build has put a gzip beside every file that gains by it
 */
export async function serveStaticFiles(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    preCompressed: true,
    decorateReply: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply) => void reply.header('cache-control', 'no-cache'),
  });
}
