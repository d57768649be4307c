import type { FastifyReply } from 'fastify';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { TolerantBytes } from '../../common/contents/tolerantBytes';
import { MAXIMUM_READ_BYTES, STILL_READING_STATUS, UNREADABLE_HEADER } from '../../common/workbench/endpoints';

/** How long a request waits for a device; see `STILL_READING_STATUS`. */
export const PATIENCE_MILLISECONDS = 1000;
/** Node refuses larger headers at the other end, and a page can ask for less. */
const MAXIMUM_RANGES = 256;

/** Of a route: the range that is asked for. */
export const RANGE_QUERY = {
  offset: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  length: { type: 'integer', minimum: 1, maximum: MAXIMUM_READ_BYTES },
} as const;

/** Of a route: the device that is asked about. */
export const DEVICE_PARAMS = {
  type: 'object',
  properties: { deviceId: { type: 'string', minLength: 1, maxLength: 128 } },
} as const;

/** Aborts when the page went away. */
export function gone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** Answers bytes with what of them could not be read, or, without any, that they are still being read. */
export function sendBytes(reply: FastifyReply, read: TolerantBytes | null): FastifyReply {
  if (read === null) return reply.code(STILL_READING_STATUS).send();
  if (read.unreadable.length > 0) reply.header(UNREADABLE_HEADER, headerOf(read.unreadable));
  return reply.type('application/octet-stream').send(read.bytes);
}

/** Beyond what a header holds, the last range reaches to the end of the last one: more is called unreadable then, never less. */
function headerOf(ranges: ByteRange[]): string {
  const listed = ranges.slice(0, MAXIMUM_RANGES);
  const last = listed.at(-1)!;
  const end = ranges.at(-1)!.offset + ranges.at(-1)!.length;
  listed[listed.length - 1] = { offset: last.offset, length: end - last.offset };
  return listed.map((range) => `${range.offset}+${range.length}`).join(',');
}
