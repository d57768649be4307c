import type { FastifyInstance } from 'fastify';
import type { Pages } from './pages';

const RUN_SCHEMA = {
  body: {
    type: 'object',
    required: ['command'],
    additionalProperties: false,
    properties: { command: { type: 'string', minLength: 1, maxLength: 128 }, args: {} },
  },
};

/** `POST /api/run`: what a native menu of the desktop shell asks of the page goes to every window. */
export function addRunRoute(server: FastifyInstance, pages: Pages): void {
  server.post<{ Body: { command: string; args?: unknown } }>('/api/run', { schema: RUN_SCHEMA }, (request, reply) => {
    const { command, args = null } = request.body;
    for (const page of pages.all()) void page.notify('workbench/run', { command, args });
    return reply.code(204).send();
  });
}
