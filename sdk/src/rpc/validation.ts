import type { ValidationError, Validator } from '../protocol/messageTable';

/** What is wrong with a value in words with its path, `size must be integer`; null when the validator accepts it. */
export function describeInvalid(validate: Validator, value: unknown): string | null {
  if (validate(value)) return null;
  const errors = validate.errors ?? [];
  return errors.length > 0 ? errors.slice(0, 4).map(inWords).join('; ') : 'is not as its schema says';
}

function inWords(error: ValidationError): string {
  const path = error.instancePath.slice(1) || 'the value';
  return `${path} ${error.message ?? `fails "${error.keyword}"`}`;
}
