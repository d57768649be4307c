import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { InvalidInputError } from '@diskwright/sdk/errors';

/**
 * A JSON value in the one form that can be hashed (RFC 8785: sorted keys, shortest numbers, no white space), in UTF-8.
 * @throws InvalidInputError for a value that JSON cannot hold (NaN, undefined) or that is nested too deeply
 */
export function canonicalJson(value: unknown): Buffer {
  const text = canonicalText(value);
  if (text === undefined) throw new InvalidInputError('this value has no JSON form');
  return Buffer.from(text, 'utf8');
}

/** SHA-256 of some bytes in lower-case hexadecimal: how documents and side files are named. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch (error) {
    throw new InvalidInputError(
      `this value has no canonical JSON form: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
