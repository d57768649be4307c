import type { BlockSource } from '@diskwright/sdk/block';
import { ClaimMap } from '@diskwright/sdk/clusters';
import type { ByteRange, Finding } from '@diskwright/sdk/protocol';
import { readBootRegions } from './bootRegion';
import { checkFiles } from './checkFiles';
import type { ExfatVolume } from './files/volume';
import type { ExfatGeometry } from './geometry';
import { placedStructures, readInstance } from './placedStructures';
import { bootSector } from './structures/bootSector';
import type { Survey } from './survey';

/** Takes a finding; `code` without the prefix that all have. */
export type Reporter = (
  severity: Finding['severity'],
  code: string,
  message: string,
  ranges?: ByteRange[],
  todo?: string,
) => void;

/** The most findings that an answer may hold, less than the message allows. */
const MOST_FINDINGS = 1000;

/**
 * What reading alone can tell to be wrong. `opened` is null where the boot sector is inconsistent (then nothing else is looked at); `startOffset` is where
 * the volume lies on its device, in bytes.
 */
export async function checkExfat(
  source: BlockSource,
  geometry: ExfatGeometry,
  startOffset: number,
  opened: { survey: Survey; volume: ExfatVolume } | null,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [...geometry.problems];
  const report: Reporter = (severity, code, message, ranges = [], todo = 'check it with fsck.exfat, or chkdsk on Windows') => {
    if (findings.length < MOST_FINDINGS)
      findings.push({ severity, code: `exfat.${code}`, message, ranges: ranges.slice(0, 64), todo });
  };
  for (const placed of placedStructures(geometry, source.size))
    findings.push(...(await readInstance(source, placed, signal)).findings);
  await checkBoot(source, geometry, startOffset, report, signal);
  if (!opened) return findings;
  const { survey, volume } = opened;
  findings.push(...survey.unclean, ...survey.doubts);
  await checkFiles(volume, survey, new ClaimMap(geometry), report, signal);
  return findings;
}

async function checkBoot(
  source: BlockSource,
  geometry: ExfatGeometry,
  startOffset: number,
  report: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { boot, bytesPerSector } = geometry;
  const regions = await readBootRegions(source, geometry, signal);
  for (const { name, checksumOffset, checksum, storedChecksum, isSound } of regions) {
    if (isSound) continue;
    const message = `the checksum of the ${name} is 0x${storedChecksum.toString(16)}, but its bytes give 0x${checksum.toString(16)}`;
    report('error', 'bootChecksum', message, [{ offset: checksumOffset, length: bytesPerSector }]);
  }
  const [main, backup] = regions;
  if (main?.isSound && backup?.isSound && main.checksum !== backup.checksum) {
    const message = 'the backup boot region differs from the boot region';
    report('warning', 'backup.differs', message, [{ offset: backup.offset, length: backup.raw.length }]);
  }
  const expected = BigInt(Math.floor(startOffset / bytesPerSector));
  if (boot.partitionOffset !== 0n && boot.partitionOffset !== expected) {
    const message = `the boot sector says ${boot.partitionOffset} sectors lie before the volume, but it starts at sector ${expected}`;
    report('info', 'boot.partitionOffset', message, [bootSector.range('partitionOffset')]);
  }
}
