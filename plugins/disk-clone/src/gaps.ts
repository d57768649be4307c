import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange, TableLayout } from '@diskwright/sdk/protocol';

/**
 * A boot loader may lie between table and first partition: GRUB's core image in the first MiB, the loaders of single-board computers in the first
 * 16 MiB (U-Boot, Rockchip and Allwinner boot ROM offsets).
 */
const BOOT_GAP_BYTES = 16 * 1024 * 1024;

/** What lies outside of partitions and table and is copied: the gap before the first partition where boot loaders live, or every gap. */
export function gapsToCopy(table: TableLayout, sourceSize: number, targetSize: number, allGaps: boolean): ExtentList {
  const occupied: ByteRange[] = [
    ...table.partitions
      .filter((partition) => partition.role !== 'extended')
      .map(({ start, size }) => ({ offset: start, length: size })),
    ...table.structures.map(({ offset, length }) => ({ offset, length })),
  ];
  const size = Math.min(sourceSize, targetSize);
  const first = Math.min(...table.partitions.map((partition) => partition.start), size);
  const candidates = allGaps ? size : Math.min(first, BOOT_GAP_BYTES);
  return subtract(ExtentList.fromRanges([{ offset: 0, length: candidates }]), ExtentList.fromRanges(occupied));
}
