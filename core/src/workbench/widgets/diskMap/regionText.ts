import type { FilesystemSummary } from '@diskwright/sdk/protocol';
import { printable } from '../../../common/text/printable';
import { formatSize } from '../../../common/text/size';
import { alignmentOf, alignmentText } from './alignment';
import type { MapRegion } from './regions';

/** `2 photos`, `Free`, `Partition table`: what stands largest in a region. */
export function regionTitle({ kind, partition, filesystem, structures }: MapRegion): string {
  switch (kind) {
    case 'partition': {
      const name = filesystem?.label || partition!.name || partition!.typeName;
      return printable(`${partition!.number} ${partition!.role === 'extended' ? 'Extended' : name}`);
    }
    case 'volume':
      return printable(filesystem?.label || 'Whole device');
    case 'whole':
      return 'Not recognised';
    case 'free':
      return 'Free';
    case 'table':
      return structures.every((name) => /extended/i.test(name)) ? 'Extended boot record' : 'Partition table';
  }
}

/** `ext4`, or what can be said where nothing is recognised. */
export function regionContent(region: MapRegion): string {
  if (region.filesystem) return printable(region.filesystem.type);
  if (region.kind === 'table') return printable(region.structures.join(', '));
  if (region.kind === 'partition' && region.partition!.role !== 'extended') return 'no known filesystem';
  return '';
}

/** `20 %`; null when it is not known. */
export function usedPercent(filesystem: FilesystemSummary | null): string | null {
  if (typeof filesystem?.used !== 'number' || filesystem.size === 0) return null;
  const percent = (filesystem.used / filesystem.size) * 100;
  return `${percent > 0 && percent < 1 ? '< 1' : Math.round(percent)} %`;
}

/** Everything about a region in one line, for its name, its tooltip and the line below the map. */
export function regionDetails(region: MapRegion, sectorSize: number): string {
  const { start, size, filesystem } = region;
  const title = region.kind === 'partition' ? `Partition ${regionTitle(region)}` : regionTitle(region);
  const parts = [title, regionContent(region), `${formatSize(size)} at ${formatSize(start)}`, sectors(start, size, sectorSize)];
  if (typeof filesystem?.used === 'number') parts.push(`${formatSize(filesystem.used)} used (${usedPercent(filesystem)})`);
  if (region.kind === 'partition') {
    if (region.partition!.bootable) parts.push('bootable');
    if (alignmentOf(start) !== 'mebibyte') parts.push(alignmentText(start));
  }
  const count = region.findings.length;
  if (count > 0) parts.push(`${count} ${count === 1 ? 'finding' : 'findings'}`);
  return parts.filter(Boolean).join(' · ');
}

/** `sectors 2048 – 18431`. */
export function sectors(start: number, size: number, sectorSize: number): string {
  return `sectors ${Math.floor(start / sectorSize)} – ${Math.ceil((start + size) / sectorSize) - 1}`;
}
