import type { FastifyError, FastifyInstance } from 'fastify';
import { DiskwrightError, type ErrorCodeName, InvalidInputError, toWireError } from '@diskwright/sdk/errors';

const STATUS: Partial<Record<ErrorCodeName, number>> = {
  InvalidInput: 400,
  Refused: 409,
  Stale: 409,
  CapabilityDenied: 403,
  LeaseRevoked: 409,
  DeviceGone: 410,
  NotSupported: 501,
  MediaError: 502,
  PeerGone: 503,
};

/** Errors are answered as JSON of a wire error, whoever threw them. */
export function addErrorReplies(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError | DiskwrightError, _request, reply) => {
    if (error instanceof DiskwrightError) return reply.code(STATUS[error.code] ?? 500).send(toWireError(error));
    const { statusCode = 500 } = error as FastifyError;
    // What the library refuses was asked wrongly.
    return reply.code(statusCode).send(toWireError(statusCode < 500 ? new InvalidInputError(error.message) : error));
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(toWireError(new InvalidInputError('there is nothing here'))),
  );
}
