import type { FastifyInstance } from 'fastify';
import { checkRange } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { DeviceService } from '../../host/devices/deviceService';
import { DEVICE_PARAMS, gone, PATIENCE_MILLISECONDS, RANGE_QUERY, sendBytes } from './bytesReply';
import type { DeviceReaders } from './deviceReaders';

const SCHEMA = {
  params: DEVICE_PARAMS,
  querystring: { type: 'object', required: ['offset', 'length'], additionalProperties: false, properties: RANGE_QUERY },
};

interface Route {
  Params: { deviceId: string };
  Querystring: ByteRange;
}

/** `GET /api/devices/<deviceId>/bytes?offset=…&length=…`: raw bytes, with a header that says which of them could not be read. */
export function addBytesRoute(server: FastifyInstance, devices: DeviceService, readers: DeviceReaders): void {
  server.get<Route>('/api/devices/:deviceId/bytes', { schema: SCHEMA, exposeHeadRoute: false }, async (request, reply) => {
    const { deviceId } = request.params;
    const { offset, length } = request.query;
    const device = devices.get(deviceId);
    checkRange(offset, length, device.size, device.path);
    return sendBytes(reply, await readers.of(deviceId).read({ offset, length }, PATIENCE_MILLISECONDS, gone(reply)));
  });
}
