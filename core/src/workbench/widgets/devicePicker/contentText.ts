import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { printable } from '../../../common/text/printable';
import { sizeText } from '../shared/sizeText';
import type { VolumeContent } from '../diskMap/filesystemFamily';
import { usedPercent } from '../diskMap/regionText';

/** What a volume holds, in a few words: `photos · ext4 · 36 MiB · 20 % used`. */
export function volumeText({ filesystem, container }: VolumeContent, size: number, name: string | null): string {
  const used = usedPercent(filesystem);
  const parts = [
    filesystem?.label || container?.label || name,
    filesystem?.type ?? container?.type ?? 'not recognised',
    sizeText(size),
    used === null ? null : `${used} used`,
  ];
  return printable(parts.filter(Boolean).join(' · '));
}

/**
 * What is on a device, a line a volume; at most eight.
 * @param mountOf where a volume was last mounted, when that is known
 */
export function contentLines(
  { table, partitions, volume, container, device }: DeviceLayout,
  mountOf: (partition: number) => string | null = () => null,
): string[] {
  const mount = (partition: number): string => {
    const place = mountOf(partition);
    return place ? ` · last mounted on ${printable(place)}` : '';
  };
  if (table.type === 'none') {
    if (!volume && !container) return ['Nothing is recognised on it'];
    return [volumeText({ filesystem: volume, container }, device.size, null) + mount(0)];
  }
  const volumes = partitions.filter(({ role }) => role !== 'extended');
  if (volumes.length === 0) return [`${table.type.toUpperCase()} table without partitions`];
  const lines = volumes
    .slice(0, 8)
    .map(
      ({ number, filesystem, container, size, name, typeName }) =>
        `${number}: ${volumeText({ filesystem, container }, size, name || typeName)}${filesystem ? mount(number) : ''}`,
    );
  return volumes.length > 8 ? [...lines, `and ${volumes.length - 8} more partitions`] : lines;
}
