import type { ProblemList, StructureCopy } from '@diskwright/sdk';
import { ntfsBootSector } from '../structures/ntfsBootSector';

/** Finds a copy of the boot sector that is missing or another. */
export function findBootCopyProblems([boot, backup]: readonly StructureCopy[], problems: ProblemList): void {
  if (!backup) {
    problems.add({
      severity: 'warning',
      code: 'ntfs.backup.missing',
      effect: 'none',
      message: 'There is no copy of the boot sector behind the volume.',
      ranges: [ntfsBootSector.range('totalSectors')],
      todo: 'chkdsk on Windows, or ntfsfix, writes it.',
    });
  } else if (!backup.raw.equals(boot!.raw)) {
    problems.add({
      severity: 'warning',
      code: 'ntfs.backup.differs',
      effect: 'none',
      message: 'The copy of the boot sector differs from it.',
      ranges: [{ offset: backup.offset, length: backup.raw.length }],
    });
  }
}
