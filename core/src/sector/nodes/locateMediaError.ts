import { MediaError } from '@diskwright/sdk/errors';
import { unreadableSector } from './nodeErrors';

/**
 * Narrows a failed read down to its first unreadable sector, by reading ever smaller parts of it, and answers the error that
 * names it. Should everything be readable by now, or something else go wrong, the answer is the first error.
 *
 * @param read reads without keeping anything; must reject with MediaError where a sector cannot be read
 * @param unit sector size in bytes
 */
export async function locateMediaError(
  first: MediaError,
  offset: number,
  length: number,
  unit: number,
  read: (offset: number, length: number) => Promise<unknown>,
): Promise<MediaError> {
  let start = Math.floor(offset / unit) * unit;
  let end = offset + length;
  let last = first;
  while (end - start > unit) {
    const middle = start + Math.max(unit, Math.floor((end - start) / 2 / unit) * unit);
    const found = await failureOf(read, Math.max(start, offset), middle);
    if (found === 'other') return first;
    if (found) {
      end = middle;
      last = found;
    } else {
      start = middle;
    }
  }
  const at = Math.max(start, offset);
  const { device } = first.detail;
  return unreadableSector(device ?? 'device', { offset: at, length: end - at }, unit, last.message, first.detail);
}

async function failureOf(
  read: (offset: number, length: number) => Promise<unknown>,
  start: number,
  end: number,
): Promise<MediaError | 'other' | null> {
  try {
    await read(start, end - start);
    return null;
  } catch (error) {
    return error instanceof MediaError ? error : 'other';
  }
}
