import type { FastifyInstance } from 'fastify';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { ContentOfNode } from '../../host/volumeFiles/volumeFileService';
import { DEVICE_PARAMS, gone, PATIENCE_MILLISECONDS, RANGE_QUERY, sendBytes } from './bytesReply';
import type { ContentReads } from './contentReads';

const SCHEMA = {
  params: DEVICE_PARAMS,
  querystring: {
    type: 'object',
    required: ['partition', 'node', 'offset', 'length'],
    additionalProperties: false,
    properties: {
      ...RANGE_QUERY,
      partition: { type: 'integer', minimum: 0, maximum: 65536 },
      node: { type: 'string', minLength: 1, maxLength: 128 },
      stream: { type: 'string', maxLength: 65536 },
    },
  },
};

interface Route {
  Params: { deviceId: string };
  Querystring: ByteRange & Omit<ContentOfNode, 'deviceId'>;
}

/** `GET /api/devices/<deviceId>/content?partition=…&node=…&offset=…&length=…`: bytes of a file, answered as those of a device. */
export function addContentRoute(server: FastifyInstance, reads: ContentReads): void {
  server.get<Route>('/api/devices/:deviceId/content', { schema: SCHEMA, exposeHeadRoute: false }, async (request, reply) => {
    const { offset, length, ...place } = request.query;
    const file = { ...place, deviceId: request.params.deviceId };
    return sendBytes(reply, await reads.read(file, { offset, length }, PATIENCE_MILLISECONDS, gone(reply)));
  });
}
