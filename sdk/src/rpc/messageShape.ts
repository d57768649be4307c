import type { Message } from 'vscode-jsonrpc/node';
import { FailedError } from '../errors';

/**
 * The JSON-RPC 2.0 message in a frame, before anything looks into it: a request, a notification or a response, not a batch, ids a short string
 * or a number. Whatever else would reach code that takes the shape for granted.
 * @throws FailedError when the body is no such message
 */
export function parseMessage(body: Buffer): Message {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new FailedError('a message is not valid JSON');
  }
  if (!isMessage(value)) throw new FailedError('a message is no JSON-RPC 2.0 request, notification or response');
  return value;
}

/** Both names stand at the beginning of what honest peers send. */
const BEGINNING_BYTES = 256;

/** Whether a body seems to ask for an answer, without parsing it before it is its turn. A peer that hides it is counted when the request runs. */
export function looksLikeRequest(body: Buffer): boolean {
  const beginning = body.subarray(0, BEGINNING_BYTES);
  return beginning.includes('"method"') && beginning.includes('"id"');
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const message = value as Record<string, unknown>;
  if (message.jsonrpc !== '2.0') return false;
  if ('method' in message) return isCall(message);
  return isId(message.id) && (isError(message.error) || message.result !== undefined);
}

function isCall(message: Record<string, unknown>): boolean {
  if (typeof message.method !== 'string' || message.method.length > 128) return false;
  if (message.id !== undefined && !isId(message.id)) return false;
  if (message.params !== undefined && (typeof message.params !== 'object' || message.params === null)) return false;
  return (
    message.method !== '$/cancelRequest' ||
    (message.id === undefined && isId((message.params as { id?: unknown } | undefined)?.id))
  );
}

function isId(id: unknown): boolean {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= 128);
}

function isError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as Record<string, unknown>;
  return Number.isInteger(code) && typeof message === 'string';
}
