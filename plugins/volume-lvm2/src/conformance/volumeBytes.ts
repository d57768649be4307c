import type { ByteRange } from '@diskwright/sdk/protocol';
import type { ReportedSegment } from '../testing/lvmGroup';

/** The bytes of a volume whose segments lie where LVM says; `data` is where the extents of each image begin. */
export function volumeBytes(
  segments: readonly ReportedSegment[],
  images: readonly Buffer[],
  data: readonly ByteRange[],
  extentBytes: number,
): Buffer {
  const parts = segments.map(({ extents, stripeBytes, areas }) => {
    const bytes = Buffer.alloc(extents * extentBytes);
    const step = areas.length > 1 ? stripeBytes : bytes.length;
    for (let at = 0, stripe = 0; at < bytes.length; at += step, stripe++) {
      const { member, extent } = areas[stripe % areas.length]!;
      const from = data[member]!.offset + extent * extentBytes + Math.floor(stripe / areas.length) * step;
      images[member]!.copy(bytes, at, from, from + step);
    }
    return bytes;
  });
  return Buffer.concat(parts);
}
