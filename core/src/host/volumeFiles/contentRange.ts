import type { ContentSegment } from '@diskwright/sdk/protocol';
import type { PlacedSegment } from '../../common/workbench';

/**
 * The runs of a content that meet a range of it, cut to the range.
 * @param volumeStart where the volume lies on its device: extents are answered from the device's start
 */
export async function segmentsOfRange(
  content: AsyncIterable<ContentSegment>,
  { offset, length }: { offset: number; length: number },
  volumeStart: number,
  signal?: AbortSignal,
): Promise<PlacedSegment[]> {
  const found: PlacedSegment[] = [];
  const end = offset + length;
  let at = 0;
  for await (const segment of content) {
    signal?.throwIfAborted();
    const bytes = segment.kind === 'inline' ? Buffer.from(segment.bytes, 'base64') : null;
    const size = segment.kind === 'inline' ? bytes!.length : segment.length;
    const from = Math.max(0, offset - at);
    const to = Math.min(size, end - at);
    at += size;
    if (from < to) {
      if (bytes) found.push({ kind: 'inline', bytes: bytes.toString('base64', from, to) });
      else if (segment.kind === 'extent')
        found.push({ kind: 'extent', offset: volumeStart + segment.offset + from, length: to - from });
      else found.push({ kind: segment.kind as 'zeros' | 'served', length: to - from });
    }
    if (at >= end) break;
  }
  return found;
}
