import type { PluginContext } from '@diskwright/sdk';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange, TableLayout } from '@diskwright/sdk/protocol';

/**
 * A boot loader may lie between table and first partition: GRUB's core image in the first MiB, the loaders of single-board computers in the first
 * 16 MiB (U-Boot, Rockchip and Allwinner boot ROM offsets).
 */
const USUAL_BOOT_GAP_MIB = 16;

/** How much of the gap before the first partition is copied, by the user's setting. In bytes. */
export async function bootGapBytes(context: Pick<PluginContext, 'settings'>): Promise<number> {
  const { 'disk-clone.bootGapMiB': mebibytes = USUAL_BOOT_GAP_MIB } = await context.settings();
  return Number(mebibytes) * 1024 * 1024;
}

/**
 * What lies outside of partitions and table and is copied.
 * @param bootGap bytes from the start of the disk, as far as no partition lies there; null: every gap, wherever it lies
 */
export function gapsToCopy(table: TableLayout, sourceSize: number, targetSize: number, bootGap: number | null): ExtentList {
  const occupied: ByteRange[] = [
    ...table.partitions
      .filter((partition) => partition.role !== 'extended')
      .map(({ start, size }) => ({ offset: start, length: size })),
    ...table.structures.map(({ offset, length }) => ({ offset, length })),
  ];
  const size = Math.min(sourceSize, targetSize);
  const first = Math.min(...table.partitions.map((partition) => partition.start), size);
  const candidates = bootGap === null ? size : Math.min(first, bootGap);
  return subtract(ExtentList.fromRanges([{ offset: 0, length: candidates }]), ExtentList.fromRanges(occupied));
}
