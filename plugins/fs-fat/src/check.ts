import type { BlockSource } from '@diskwright/sdk/block';
import { joinedGaps } from '@diskwright/sdk/clusters';
import type { ByteRange, Finding } from '@diskwright/sdk/protocol';
import { BOOT_SIGNATURE } from './bootCopies';
import { bytesOfEntries, entry12 } from './clusterState';
import { checkFiles } from './checkFiles';
import type { FatScan } from './fatScan';
import { fatTable } from './files/fatTable';
import type { FatGeometry } from './geometry';
import { placedStructures, readInstance } from './placedStructures';
import { BOOT_SECTOR_BYTES, bootSector16, bootSector32 } from './structures/bootSector';
import { FSINFO_UNKNOWN, fsInfo } from './structures/fsInfo';

/** Takes a finding; `code` without the prefix that all have. */
export type Reporter = (severity: Finding['severity'], code: string, message: string, ranges: ByteRange[], todo?: string) => void;
/** Fewer than a message takes. */
const MOST_FINDINGS = 1000;
const at = (base: number, range: ByteRange): ByteRange => ({ offset: base + range.offset, length: range.length });

/**
 * What reading alone can tell to be wrong. `scan` is null where the boot sector is inconsistent (then the FATs are not looked at); `startOffset` is
 * where the volume lies on its device, in bytes.
 */
export async function checkFat(
  source: BlockSource,
  geometry: FatGeometry,
  scan: FatScan | null,
  startOffset: number,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [...geometry.problems];
  const report: Reporter = (severity, code, message, ranges, todo) => {
    if (findings.length < MOST_FINDINGS)
      findings.push({ severity, code: `fat.${code}`, message, ranges, ...(todo === undefined ? {} : { todo }) });
  };

  for (const placed of placedStructures(geometry, source.size))
    findings.push(...(await readInstance(source, placed, signal)).findings);
  checkBootSector(geometry, source.sectorSize, startOffset, report);
  await checkBackup(source, geometry, report, signal);
  if (scan === null) return findings;
  await checkMedia(source, geometry, report, signal);
  checkScan(geometry, scan, report);
  await checkFsInfo(source, geometry, scan, report, signal);
  await checkFiles({ source, geometry, table: fatTable(source, geometry) }, scan, report, signal);
  return findings;
}

function checkBootSector(geometry: FatGeometry, sectorSize: number, startOffset: number, report: Reporter): void {
  const layout = geometry.boot32 ? bootSector32 : bootSector16;
  const { signature, hiddenSectors } = geometry.boot;
  if (signature !== BOOT_SIGNATURE) {
    report('warning', 'boot.signature', 'the boot sector does not end with 55 aa at byte 510', [layout.range('signature')]);
  }
  if (hiddenSectors !== startOffset / sectorSize) {
    const message = `the boot sector says ${hiddenSectors} sectors lie before the volume, but it starts at sector ${startOffset / sectorSize}`;
    report('info', 'boot.hiddenSectors', message, [layout.range('hiddenSectors')]);
  }
}

async function checkBackup(source: BlockSource, geometry: FatGeometry, report: Reporter, signal?: AbortSignal): Promise<void> {
  const { backupOffset, raw } = geometry;
  if (backupOffset === null || backupOffset > source.size - BOOT_SECTOR_BYTES) return;
  const backup = await source.read(backupOffset, BOOT_SECTOR_BYTES, signal);
  // The state byte of the primary changes at every mount, that of the backup never.
  const state = bootSector32.range('state');
  raw.copy(backup, state.offset, state.offset, state.offset + state.length);
  if (backup.equals(raw)) return;
  let first = 0;
  while (backup[first] === raw[first]) first++;
  const message = `the backup boot sector differs from the boot sector, first at byte ${first}`;
  report(
    'warning',
    'backup.differs',
    message,
    [{ offset: backupOffset, length: BOOT_SECTOR_BYTES }],
    'compare both; fsck.fat can copy one to the other',
  );
}

async function checkMedia(source: BlockSource, geometry: FatGeometry, report: Reporter, signal?: AbortSignal): Promise<void> {
  for (const fat of geometry.activeFats) {
    const offset = geometry.fatOffset + fat * geometry.fatBytes;
    const bytes = await source.read(offset, bytesOfEntries(geometry.width, 2), signal);
    const low = geometry.width === 12 ? entry12(bytes, 0) & 0xff : bytes.readUInt8(0);
    if (low === geometry.boot.media) continue;
    const message = `entry 0 of FAT ${fat + 1} says media 0x${low.toString(16)}, the boot sector 0x${geometry.boot.media.toString(16)}`;
    report('warning', 'media', message, [{ offset, length: geometry.width === 32 ? 4 : 2 }]);
  }
}

function checkScan(geometry: FatGeometry, scan: FatScan, report: Reporter): void {
  if (scan.disputedClusters > 0) {
    const message = `the FATs disagree about ${scan.disputedClusters} clusters: one calls them used, another not`;
    report('error', 'mirrors', message, scan.disputedRanges, 'repair with fsck.fat, which asks which FAT to keep');
  } else if (scan.fatsDiffer) {
    const ranges = geometry.activeFats
      .slice(0, 64)
      .map((fat) => ({ offset: geometry.fatOffset + fat * geometry.fatBytes, length: geometry.fatBytes }));
    report(
      'warning',
      'mirrors',
      'the FATs differ, but not in which clusters are used',
      ranges,
      'repair with fsck.fat, which asks which FAT to keep',
    );
  }
  if (scan.joinedGap > 0) {
    const message = `${joinedGaps(scan.joinedGap)}; clusters that no file has are not looked for`;
    report('info', 'pieces', message, []);
  }
  if (scan.badClusters > 0) {
    const message = `${scan.badClusters} clusters (${scan.badClusters * geometry.clusterBytes} bytes) are marked bad; they are not copied`;
    report('info', 'badClusters', message, [...scan.bad].slice(0, 64));
  }
}

async function checkFsInfo(
  source: BlockSource,
  geometry: FatGeometry,
  scan: FatScan,
  report: Reporter,
  signal?: AbortSignal,
): Promise<void> {
  const offset = geometry.fsInfoOffset;
  if (offset === null || offset > source.size - fsInfo.size) return;
  const { freeClusters, nextFreeCluster } = fsInfo.read(await source.read(offset, fsInfo.size, signal));
  if (freeClusters !== FSINFO_UNKNOWN && freeClusters !== scan.freeClusters) {
    const message = `FSInfo says ${freeClusters} clusters are free, the FAT says ${scan.freeClusters}`;
    report(
      'warning',
      'fsInfo.freeClusters',
      message,
      [at(offset, fsInfo.range('freeClusters'))],
      'fsck.fat corrects it; Linux and Windows do by themselves',
    );
  }
  if (nextFreeCluster !== FSINFO_UNKNOWN && nextFreeCluster !== 0 && nextFreeCluster > geometry.clusterCount + 1) {
    const message = `FSInfo says to look for free clusters from ${nextFreeCluster}, but the last is ${geometry.clusterCount + 1}`;
    report('info', 'fsInfo.nextFreeCluster', message, [at(offset, fsInfo.range('nextFreeCluster'))]);
  }
}
