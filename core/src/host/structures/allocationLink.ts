import type { OwnerLink } from '../../common/workbench';
import type { KnownAllocation } from '../layouts/allocations';
import type { VolumePlace } from './volumePlaces';

/**
 * Whether the filesystem uses a byte, as far as its allocation tells, with the run of bytes for which the same goes.
 * @param at from the volume's start
 * @param filesystemBytes what the filesystem spans of its volume
 */
export function allocationLink(allocation: KnownAllocation, at: number, volume: VolumePlace, filesystemBytes: number): OwnerLink {
  const { confidence, extents, reasons } = allocation;
  if (!extents) {
    const what = `perhaps used: ${reasons[0] ?? 'the filesystem cannot tell'}`;
    return { layer: 'allocated', what, offset: volume.offset, length: Math.min(filesystemBytes, volume.length) };
  }
  const index = extents.indexFrom(at);
  const isUsed = index < extents.count && extents.offsetAt(index) <= at;
  const start = isUsed ? extents.offsetAt(index) : index === 0 ? 0 : extents.endAt(index - 1);
  const end = isUsed ? extents.endAt(index) : index < extents.count ? extents.offsetAt(index) : filesystemBytes;
  const place = { offset: volume.offset + start, length: end - start };
  if (!isUsed) return { layer: 'free', what: 'free space', ...place };
  const doubt = confidence === 'exact' ? '' : `, or counted as used to be safe${reasons[0] ? `: ${reasons[0]}` : ''}`;
  return { layer: 'allocated', what: `used by the filesystem${doubt}`, ...place };
}
