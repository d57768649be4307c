import { InvalidInputError } from '../errors';

/**
 * Refuses a range that does not lie within `size` bytes, before any arithmetic is done with it.
 * @throws InvalidInputError naming the range and the size
 */
export function checkRange(offset: number, length: number, size: number, what = 'range'): void {
  const valid =
    Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset <= size - length;
  if (!valid)
    throw new InvalidInputError(`${what} at ${offset}, ${length} bytes, lies outside of ${size} bytes`, { offset, length });
}
