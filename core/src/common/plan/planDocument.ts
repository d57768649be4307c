import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { validatePlan, type Plan } from '@diskwright/sdk/protocol';
import { canonicalJson, sha256 } from './canonicalJson';

/** A plan document may have at most this many bytes; what is larger belongs into side files. */
export const MAX_PLAN_BYTES = 64 * 1024 * 1024;
const PLAN_FORMAT: Plan['format'] = 'diskwright-plan/1';
const REPORTED_ERRORS = 16;

/** A plan as a file: its canonical bytes, and their SHA-256, by which it is approved and applied. */
export interface EncodedPlan {
  bytes: Buffer;
  digest: string;
}

/** The plan's canonical document and digest. The plan must be valid; see {@link parsePlan}. */
export function encodePlan(plan: Plan): EncodedPlan {
  const bytes = canonicalJson(plan);
  return { bytes, digest: sha256(bytes) };
}

/**
 * Reads a plan document from an untrusted file. With `digest`, the document must be the one that was approved.
 * What its steps do is not judged here: that is `checkPlan`.
 * @throws RefusedError when the digest differs
 * @throws InvalidInputError when it is too large, not canonical JSON, or not a plan (every error of the structure in `details`)
 */
export function parsePlan(bytes: Buffer, digest?: string): Plan {
  if (bytes.length > MAX_PLAN_BYTES)
    throw new InvalidInputError(`the plan has ${bytes.length} bytes, more than ${MAX_PLAN_BYTES}`);
  if (digest !== undefined && sha256(bytes) !== digest) {
    throw new RefusedError(`the plan is not the one that was approved: its digest is ${sha256(bytes)}, not ${digest}`, {
      todo: 'Show the plan again, and apply it by the digest that is printed then.',
    });
  }
  const value = parseJson(bytes);
  if (!validatePlan(value)) throw notAPlan(value);
  if (!canonicalJson(value).equals(bytes)) {
    throw new InvalidInputError('it is not canonical JSON (RFC 8785), so its digest means nothing', {
      todo: 'Let Diskwright write the plan again.',
    });
  }
  return value as Plan;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw new InvalidInputError(`it is not a valid plan, since it is not JSON: ${(error as Error).message}`);
  }
}

/** What is no plan at all is told in a sentence; what has come to harm, by what is wrong with it. */
function notAPlan(value: unknown): InvalidInputError {
  const format: unknown = (value as { format?: unknown } | null)?.format;
  if (format === PLAN_FORMAT) {
    return new InvalidInputError('it is not a valid plan', { details: structureErrors() });
  }
  const todo = 'Choose a file that "Save plan to file" or the option --plan has written.';
  if (typeof format === 'string' && format.startsWith('diskwright-plan/')) {
    const message = `it is not a valid plan for this version, which reads ${PLAN_FORMAT}: its format is ${format.slice(0, 40)}`;
    return new InvalidInputError(message, { todo: 'Make the plan again with this version.' });
  }
  return new InvalidInputError('it is not a valid plan, but another kind of document', { todo });
}

function structureErrors(): string[] {
  const errors = validatePlan.errors ?? [];
  return errors.slice(0, REPORTED_ERRORS).map((error) => `${error.instancePath || '/'}: ${error.message ?? error.keyword}`);
}
