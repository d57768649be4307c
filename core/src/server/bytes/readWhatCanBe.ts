import { MediaError } from '@diskwright/sdk/errors';
import type { BlockSource } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { TolerantBytes } from '../../common/contents/tolerantBytes';

/**
 * Reads what can be read. Relies on a MediaError naming the first sector that cannot be read, as those of a lease do; sectors are not tried again, since
 * the user sees at once what a second try gives.
 * @throws whatever else goes wrong: InvalidInputError, LeaseRevokedError, DeviceGoneError, CancelledError
 */
export async function readWhatCanBe(source: BlockSource, range: ByteRange, signal?: AbortSignal): Promise<TolerantBytes> {
  const end = range.offset + range.length;
  const whole = await attempt(source, range.offset, range.length, signal);
  if (Buffer.isBuffer(whole)) return { bytes: whole, unreadable: [] };
  const bytes = Buffer.alloc(range.length);
  const unreadable: ByteRange[] = [];
  let bad = firstBadSector(whole, source, range.offset, end);
  for (let at = range.offset; ;) {
    if (bad.offset > at) {
      const before = await attempt(source, at, bad.offset - at, signal);
      if (!Buffer.isBuffer(before)) {
        bad = firstBadSector(before, source, at, bad.offset);
        continue;
      }
      before.copy(bytes, at - range.offset);
    }
    append(unreadable, bad);
    at = bad.offset + bad.length;
    if (at === end) return { bytes, unreadable };
    const rest = await attempt(source, at, end - at, signal);
    if (Buffer.isBuffer(rest)) {
      rest.copy(bytes, at - range.offset);
      return { bytes, unreadable };
    }
    bad = firstBadSector(rest, source, at, end);
  }
}

async function attempt(source: BlockSource, offset: number, length: number, signal?: AbortSignal): Promise<Buffer | MediaError> {
  try {
    return await source.read(offset, length, signal);
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
}

/** The sector that an error names, cut to what was read; the first of all when it names none, so that every round gets on. */
function firstBadSector(error: MediaError, { sectorSize }: BlockSource, start: number, end: number): ByteRange {
  const named = error.detail.offset ?? start;
  const inside = named >= start && named < end ? named : start;
  const offset = Math.max(start, inside - (inside % sectorSize));
  return { offset, length: Math.min(end, inside - (inside % sectorSize) + sectorSize) - offset };
}

function append(ranges: ByteRange[], range: ByteRange): void {
  const last = ranges.at(-1);
  if (last && last.offset + last.length === range.offset) last.length += range.length;
  else ranges.push({ ...range });
}
