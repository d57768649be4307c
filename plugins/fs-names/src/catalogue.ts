import { apfs } from './formats/apfs';
import { bcache, bcachefs } from './formats/bcachefs';
import { bitlocker } from './formats/bitlocker';
import { erofs } from './formats/erofs';
import { f2fs } from './formats/f2fs';
import { hfs, hfsPlus } from './formats/hfs';
import { jfs } from './formats/jfs';
import { luks1, luks2 } from './formats/luks';
import { lvm2 } from './formats/lvm2';
import { ddfRaid, intelRaid, md, mdOld, mdOldBig } from './formats/md';
import { nilfs2 } from './formats/nilfs2';
import { refs } from './formats/refs';
import { reiser4, reiserfs } from './formats/reiserfs';
import { squashfs, squashfsBig } from './formats/squashfs';
import { udf } from './formats/udf';
import { ufs, ufsBig } from './formats/ufs';
import { vmfs, vmfsVolume } from './formats/vmfs';
import { zfs } from './formats/zfs';
import type { BlockSource } from '@diskwright/sdk/block';
import type { KnownFormat, KnownVolume } from './knownFormat';

/** What lies under others comes first, as libblkid has it: arrays and encryption, then filesystems. */
const formats: readonly KnownFormat[] = [
  ...[md, mdOld, mdOldBig, intelRaid, ddfRaid, lvm2, luks1, luks2, bitlocker, bcache, bcachefs, zfs, vmfsVolume],
  ...[apfs, erofs, f2fs, hfsPlus, hfs, jfs, nilfs2, refs, reiserfs, reiser4, squashfs, squashfsBig],
  ...[udf, ufs, ufsBig, vmfs],
];

/** What a volume is, by the first format that takes it for its own; null when none does. */
export async function findKnown(source: BlockSource, signal: AbortSignal): Promise<KnownVolume | null> {
  for (const format of formats) {
    const found = await format.find(source, signal);
    if (found) return found;
  }
  return null;
}
