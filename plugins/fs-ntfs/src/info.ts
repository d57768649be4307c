import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { openBitmap, walkClusters } from './allocation/clusterBitmap';
import { isHibernated } from './allocation/hibernation';
import { readLogState } from './allocation/logState';
import type { OpenVolume } from './allocation/survey';
import { readVolumeFile, VolumeFlag } from './records/volumeFile';

/** Larger bitmaps take too long to be counted for a look at the volume: 4 TiB in clusters of 4 KiB. */
const MOST_BITMAP_BYTES = 128 * 1024 * 1024;

/** What the user is shown of a volume. @throws what `read` throws */
export async function describeVolume(opened: OpenVolume, signal: AbortSignal): Promise<FilesystemInfo> {
  const { boot, clusterBytes, countedBytes, recordBytes, indexBytes } = opened.volume;
  const { bytesPerSector } = boot;
  const { label, version, isClean, words, used } = await stateOf(opened, signal);
  const details: [string, string][] = [
    ['version', version ?? ''],
    ['state', words],
    ['cluster size', `${clusterBytes} bytes`],
    ['file record size', `${recordBytes} bytes`],
    ['index block size', `${indexBytes} bytes`],
    ['hidden sectors', String(boot.hiddenSectors)],
  ];
  if (!(opened.table instanceof DamagedStructureError)) details.push(['file records', String(opened.table.recordCount)]);
  return {
    type: 'ntfs',
    label,
    uuid: boot.serial.toString(16).toUpperCase().padStart(16, '0'),
    // With the copy of the boot sector, which the volume's own count leaves out.
    size: countedBytes + bytesPerSector,
    used,
    blockSize: clusterBytes,
    clean: isClean,
    sectorSize: bytesPerSector === 512 || bytesPerSector === 4096 ? bytesPerSector : null,
    features: [],
    details: details.filter(([, text]) => text !== ''),
  };
}

interface VolumeState {
  label: string | null;
  version: string | null;
  isClean: boolean;
  words: string;
  used: number | null;
}

async function stateOf({ table }: OpenVolume, signal: AbortSignal): Promise<VolumeState> {
  if (table instanceof DamagedStructureError)
    return { label: null, version: null, isClean: false, words: 'the table of files is damaged', used: null };
  const { label, version, flags } = await readVolumeFile(table, signal);
  const log = await readLogState(table, signal);
  const words: string[] = [];
  if (flags === null) words.push('not known');
  else if ((flags & VolumeFlag.DIRTY) !== 0) words.push('marked dirty');
  if (await isHibernated(table, signal)) words.push('Windows is hibernated on it');
  if (!log.isClean) words.push(`log: ${log.words}`);
  const isClean = words.length === 0;
  const used = await usedBytes(table, signal);
  return { label, version, isClean, words: isClean ? 'clean' : words.join(', '), used };
}

async function usedBytes(
  table: Exclude<OpenVolume['table'], DamagedStructureError>,
  signal: AbortSignal,
): Promise<number | null> {
  const { totalClusters, clusterBytes } = table.volume;
  if (totalClusters / 8 > MOST_BITMAP_BYTES) return null;
  try {
    const bitmap = await openBitmap(table, signal);
    const free = await walkClusters(table, bitmap, { first: 0, end: totalClusters }, signal, () => undefined);
    return (totalClusters - free) * clusterBytes;
  } catch (error) {
    if (error instanceof DamagedStructureError) return null;
    throw error;
  }
}
