import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { type ExfatGeometry, isInconsistent } from './geometry';
import type { Survey } from './survey';
import { PERCENT_UNKNOWN } from './structures/bootSector';

/** The serial number as every tool prints it: `1A2B-3C4D`. */
export function volumeId({ boot }: ExfatGeometry): string {
  const digits = boot.serial.toString(16).toUpperCase().padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

/** `survey` is null where the boot sector is inconsistent. */
export function exfatInfo(geometry: ExfatGeometry, survey: Survey | null): FilesystemInfo {
  const { boot, bytesPerSector, clusterBytes, clusterCount, dataOffset } = geometry;
  const used = survey?.used ?? null;
  const details: [string, string][] = [
    ['version', `${boot.revision >>> 8}.${String(boot.revision & 0xff).padStart(2, '0')}`],
    ['FATs', boot.fatCount === 2 ? '2 (TexFAT)' : '1'],
    ['partition offset', boot.partitionOffset === 0n ? 'not recorded' : `${boot.partitionOffset} sectors`],
    ['clusters', String(clusterCount)],
  ];
  if (used) details.push(['used', `${used.count} of ${clusterCount} clusters`]);
  if (boot.percentInUse !== PERCENT_UNKNOWN) details.push(['used as recorded', `${boot.percentInUse} %`]);
  if (survey?.root.guid) details.push(['volume GUID', survey.root.guid]);
  return {
    type: 'exfat',
    label: survey?.root.label ?? null,
    uuid: volumeId(geometry),
    size: Number.isSafeInteger(geometry.size) ? geometry.size : 0,
    used: used && dataOffset + used.count * clusterBytes,
    blockSize: clusterBytes,
    firstBlock: { number: 2, offset: dataOffset },
    clean: survey !== null && survey.unclean.length === 0 && survey.doubts.length === 0 && !isInconsistent(geometry),
    sectorSize: bytesPerSector === 512 || bytesPerSector === 4096 ? bytesPerSector : null,
    features: boot.fatCount === 2 ? ['TexFAT'] : [],
    details,
  };
}
