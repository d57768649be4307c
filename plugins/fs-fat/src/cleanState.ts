import type { BlockSource } from '@diskwright/sdk/block';
import type { Finding } from '@diskwright/sdk/protocol';
import type { FatGeometry } from './geometry';
import { bootSector16, bootSector32 } from './structures/bootSector';
import { EntryOneFlags, firstEntries16, firstEntries32 } from './structures/firstFatEntries';

const CHECK = 'check it with fsck.fat, or chkdsk on Windows';

/**
 * Why the volume does not count as cleanly unmounted; nothing when it does. The marks: the state byte of the boot sector (Linux and Windows NT, all
 * widths), and two bits of FAT entry 1 (FAT16 and FAT32; specification, section 4) in every FAT that is kept up to date.
 */
export async function uncleanFindings(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const stateRange = (geometry.boot32 ? bootSector32 : bootSector16).range('state');
  const report = (code: string, message: string, offset: number, length: number) =>
    findings.push({ severity: 'warning', code: `fat.${code}`, message, ranges: [{ offset, length }], todo: CHECK });

  if (geometry.boot.state & 1) {
    report(
      'boot.dirty',
      'the boot sector marks the volume as mounted: it was not cleanly unmounted',
      stateRange.offset,
      stateRange.length,
    );
  }
  if (geometry.boot.state & 2) {
    report(
      'boot.surfaceTest',
      'the boot sector asks for a surface test: disk errors were met',
      stateRange.offset,
      stateRange.length,
    );
  }
  if (geometry.width === 12) return findings;

  const layout = geometry.width === 16 ? firstEntries16 : firstEntries32;
  const bits = EntryOneFlags[geometry.width];
  const range = layout.range('state');
  for (const fat of geometry.activeFats) {
    const offset = geometry.fatOffset + fat * geometry.fatBytes;
    const { state } = layout.read(await source.read(offset, layout.size, signal));
    if ((state & bits.clean) === 0) {
      report(
        'dirty',
        `FAT ${fat + 1} is marked dirty: the volume was not cleanly unmounted`,
        offset + range.offset,
        range.length,
      );
    }
    if ((state & bits.errorFree) === 0) {
      report('hardError', `FAT ${fat + 1} records disk errors at the last mount`, offset + range.offset, range.length);
    }
  }
  return findings;
}
