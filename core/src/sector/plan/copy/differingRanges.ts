import type { ByteRange } from '@diskwright/sdk/protocol';

/** Less than this is not left as it is by itself: a request more costs more than it saves. As in the native engine. */
const UNIT = 64 * 1024;

/** Where two buffers of the same length differ, in whole units from their start, neighbours joined; ascending. */
export function differingRanges(wanted: Buffer, standing: Buffer): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let offset = 0; offset < wanted.length; offset += UNIT) {
    const end = Math.min(offset + UNIT, wanted.length);
    if (wanted.compare(standing, offset, end, offset, end) === 0) continue;
    const last = ranges.at(-1);
    if (last && last.offset + last.length === offset) last.length += end - offset;
    else ranges.push({ offset, length: end - offset });
  }
  return ranges;
}
