import type { FilesystemSummary } from '@diskwright/sdk/protocol';
import { printable } from '../../../common/text/printable';
import { sizeText } from '../shared/sizeText';
import { alignmentOf, alignmentText } from './alignment';
import type { MapRegion } from './regions';

/** `2 photos`, `Free`, `Partition table`: what stands largest in a region. */
export function regionTitle({ kind, partition, filesystem, container, structures }: MapRegion): string {
  switch (kind) {
    case 'partition': {
      const name = filesystem?.label || container?.label || partition!.name || partition!.typeName;
      return printable(`${partition!.number} ${partition!.role === 'extended' ? 'Extended' : name}`);
    }
    case 'volume':
      return printable(filesystem?.label || container?.label || 'Whole device');
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
  if (region.container) return printable(region.container.type);
  if (region.kind === 'table') return printable(region.structures.join(', '));
  if (region.kind === 'partition' && region.partition!.role !== 'extended') return 'not recognised';
  return '';
}

/** `20 %`; null when it is not known. */
export function usedPercent(filesystem: FilesystemSummary | null): string | null {
  if (typeof filesystem?.used !== 'number' || filesystem.size === 0) return null;
  const percent = (filesystem.used / filesystem.size) * 100;
  return `${percent > 0 && percent < 1 ? '< 1' : Math.round(percent)} %`;
}

/** `ext4 · 36 MiB`: the second line in a region. What is cut off where there is no room for all is what matters least. */
export function regionSummary(region: MapRegion): string {
  const content = region.kind === 'table' ? '' : regionContent(region);
  const size = sizeText(region.size);
  return (region.filesystem || region.container ? [content, size] : [size, content]).filter(Boolean).join(' · ');
}

/** A region's name for screen readers and voice control: it begins with what stands in the region. */
export function regionName(region: MapRegion, sectorSize: number): string {
  const used = usedPercent(region.filesystem);
  const isExtended = region.partition?.role === 'extended';
  const shown = [
    titleWithKind(region),
    ...(isExtended ? [] : [regionSummary(region)]),
    ...(used === null ? [] : [`${used} used`]),
  ];
  return [shown.join(' '), `at ${sizeText(region.start)}`, ...furtherDetails(region, sectorSize)].join(' · ');
}

/** Everything about a region in one line, for its tooltip and the line below the map. */
export function regionDetails(region: MapRegion, sectorSize: number): string {
  const { start, size, filesystem } = region;
  const parts = [titleWithKind(region), regionContent(region), `${sizeText(size)} at ${sizeText(start)}`];
  const further = furtherDetails(region, sectorSize);
  if (typeof filesystem?.used === 'number')
    further.splice(1, 0, `${sizeText(filesystem.used)} used (${usedPercent(filesystem)})`);
  return [...parts.filter(Boolean), ...further].join(' · ');
}

const titleWithKind = (region: MapRegion): string => `${region.kind === 'partition' ? 'Partition ' : ''}${regionTitle(region)}`;

function furtherDetails({ start, size, partition, findings }: MapRegion, sectorSize: number): string[] {
  return [
    sectors(start, size, sectorSize),
    ...(partition?.bootable ? ['bootable'] : []),
    ...(partition && alignmentOf(start) !== 'mebibyte' ? [alignmentText(start)] : []),
    ...(findings.length > 0 ? [`${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`] : []),
  ];
}

/** `sectors 2048 – 18431`. */
export function sectors(start: number, size: number, sectorSize: number): string {
  return `sectors ${Math.floor(start / sectorSize)} – ${Math.ceil((start + size) / sectorSize) - 1}`;
}
