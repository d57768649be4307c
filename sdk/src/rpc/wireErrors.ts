import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { type DiskwrightError, ErrorCode, type ErrorDetail, fromWireError, toWireError, type WireError } from '../errors';

const MESSAGE_CHARACTERS = 16384;
const DETAIL_LINES = 128;
const DETAIL_CHARACTERS = 1024;

/** Any thrown value as the error of a response, cut so that it always fits a frame. */
export function toResponseError(thrown: unknown): ResponseError<unknown> {
  const wire = toWireError(thrown);
  return new ResponseError(wire.code, wire.message.slice(0, MESSAGE_CHARACTERS), wire.data && cutDetail(wire.data));
}

/** The typed error of a peer's answer. The peer is not trusted: fields of a wrong type are dropped. */
export function fromResponseError(error: ResponseError<unknown>): DiskwrightError {
  const data =
    typeof error.data === 'object' && error.data !== null ? cutDetail(error.data as Record<string, unknown>) : undefined;
  return fromWireError({ code: ownCode(error.code), message: error.message.slice(0, MESSAGE_CHARACTERS), data });
}

/** JSON-RPC's own codes, which plugins in other languages answer, have a meaning of ours. */
function ownCode(code: number): number {
  if (code === ErrorCodes.MethodNotFound) return ErrorCode.NotSupported;
  if (code === ErrorCodes.InvalidParams || code === ErrorCodes.InvalidRequest) return ErrorCode.InvalidInput;
  return code;
}

/** Whether the answer says that the request was cancelled, in our code or in that of JSON-RPC libraries. */
export function saysCancelled(error: ResponseError<unknown>): boolean {
  return error.code === ErrorCode.Cancelled || error.code === -32800;
}

function cutDetail(data: ErrorDetail | Record<string, unknown>): WireError['data'] {
  const { device, offset, length, todo, wrong, item, details, structure } = data as Record<string, unknown>;
  return {
    ...(typeof device === 'string' && { device: device.slice(0, DETAIL_CHARACTERS) }),
    ...(Number.isSafeInteger(offset) && { offset: offset as number }),
    ...(Number.isSafeInteger(length) && { length: length as number }),
    ...(typeof todo === 'string' && { todo: todo.slice(0, DETAIL_CHARACTERS) }),
    ...(typeof wrong === 'boolean' && { wrong }),
    ...(Number.isSafeInteger(item) && { item: item as number }),
    ...(Array.isArray(details) && {
      details: details.slice(0, DETAIL_LINES).map((line) => String(line).slice(0, DETAIL_CHARACTERS)),
    }),
    ...(typeof structure === 'string' && { structure: structure.slice(0, DETAIL_CHARACTERS) }),
  };
}
