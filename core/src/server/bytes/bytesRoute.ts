import type { FastifyInstance } from 'fastify';
import { checkRange } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { MAXIMUM_READ_BYTES, STILL_READING_STATUS, UNREADABLE_HEADER } from '../../common/workbench/endpoints';
import type { DeviceService } from '../../host/devices/deviceService';
import type { DeviceReaders } from './deviceReaders';

/** How long a request waits for a device; see `STILL_READING_STATUS`. */
const PATIENCE_MILLISECONDS = 1000;
/** Node refuses larger headers at the other end, and a page can ask for less. */
const MAXIMUM_RANGES = 256;

const SCHEMA = {
  params: { type: 'object', properties: { deviceId: { type: 'string', minLength: 1, maxLength: 128 } } },
  querystring: {
    type: 'object',
    required: ['offset', 'length'],
    additionalProperties: false,
    properties: {
      offset: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      length: { type: 'integer', minimum: 1, maximum: MAXIMUM_READ_BYTES },
    },
  },
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
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const read = await readers.of(deviceId).read({ offset, length }, PATIENCE_MILLISECONDS, gone.signal);
    if (read === null) return reply.code(STILL_READING_STATUS).send();
    if (read.unreadable.length > 0) reply.header(UNREADABLE_HEADER, headerOf(read.unreadable));
    return reply.type('application/octet-stream').send(read.bytes);
  });
}

/** Beyond what a header holds, the last range reaches to the end of the last one: more is called unreadable then, never less. */
function headerOf(ranges: ByteRange[]): string {
  const listed = ranges.slice(0, MAXIMUM_RANGES);
  const last = listed.at(-1)!;
  const end = ranges.at(-1)!.offset + ranges.at(-1)!.length;
  listed[listed.length - 1] = { offset: last.offset, length: end - last.offset };
  return listed.map((range) => `${range.offset}+${range.length}`).join(',');
}
