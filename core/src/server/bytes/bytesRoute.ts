import type { FastifyInstance } from 'fastify';
import { MAXIMUM_READ_BYTES } from '../../common/workbench/endpoints';
import type { Host } from '../../host/host';

const SCHEMA = {
  querystring: {
    type: 'object',
    required: ['offset', 'length'],
    properties: {
      offset: { type: 'string', pattern: '^[0-9]{1,16}$' },
      length: { type: 'string', pattern: '^[0-9]{1,7}$' },
    },
  },
};

/** `GET /api/devices/<deviceId>/bytes?offset=…&length=…`: raw bytes, with the header that says which of them could not be read. */
export function addBytesRoute(server: FastifyInstance, host: Host): void {
  server.get<{ Params: { deviceId: string }; Querystring: { offset: string; length: string } }>(
    '/api/devices/:deviceId/bytes',
    { schema: SCHEMA },
    async (request, reply) => {
      const offset = Number(request.query.offset);
      const length = Math.min(Number(request.query.length), MAXIMUM_READ_BYTES);
      const bytes = await host.devices.peek(request.params.deviceId, offset, length, undefined, 'zeros');
      return reply.type('application/octet-stream').send(bytes);
    },
  );
}
