import type { ProblemList } from '@diskwright/sdk';
import { doubtfulFeatures, hasFlag, SuperFlag } from './features';
import { superblock, SUPERBLOCK_BYTES } from './structures/superblock';
import type { BtrfsVolume } from './volume';

const todo = 'Run btrfs check --readonly on the unmounted filesystem to see what is wrong.';

/** What a flag of the superblock means, for whoever wants to know what is used. */
const doubtfulFlags: readonly [flag: number, code: string, message: string][] = [
  [SuperFlag.ERROR, 'btrfs.superblock.error', 'The kernel noted that it found errors in this filesystem.'],
  [
    SuperFlag.METADUMP,
    'btrfs.superblock.dump',
    'This is an image of metadata alone, made by btrfs-image: what its extents say does not hold here.',
  ],
  [
    SuperFlag.METADUMP_2,
    'btrfs.superblock.dump',
    'This is an image of metadata alone, made by btrfs-image: what its extents say does not hold here.',
  ],
  [SuperFlag.CHANGING_ID, 'btrfs.superblock.changing', 'A change of its UUID was not finished.'],
  [SuperFlag.CHANGING_ID_2, 'btrfs.superblock.changing', 'A change of its UUID was not finished.'],
  [SuperFlag.CHANGING_BLOCK_GROUPS, 'btrfs.superblock.changing', 'A conversion of its block groups was not finished.'],
  [SuperFlag.CHANGING_DATA_CHECKSUMS, 'btrfs.superblock.changing', 'A change of its checksums was not finished.'],
  [SuperFlag.CHANGING_META_CHECKSUMS, 'btrfs.superblock.changing', 'A change of its checksums was not finished.'],
];

/** Finds what the superblock and its copies alone say is wrong. */
export function findSuperblockProblems(volume: BtrfsVolume, problems: ProblemList): void {
  const { superblock: value, current, source, sectorSize } = volume;
  const rangeOf = (name: Parameters<typeof superblock.range>[0]) => {
    const { offset, length } = superblock.range(name);
    return [{ offset: current.offset + offset, length }];
  };
  findCopyProblems(volume, problems);
  if (value.logTree !== 0n)
    problems.add({
      severity: 'warning',
      code: 'btrfs.log',
      effect: 'unknown',
      message: 'There is a log of synchronised changes that are not in the trees yet; files are shown without them.',
      ranges: rangeOf('logTree'),
      todo: 'Mount and unmount the filesystem, which carries out what the log holds.',
    });
  for (const [flag, code, message] of doubtfulFlags)
    if (hasFlag(value.flags, flag))
      problems.add({ severity: 'error', code, effect: 'unknown', message, ranges: rangeOf('flags'), todo });
  const features = doubtfulFeatures(value);
  if (features.length > 0)
    problems.add({
      severity: 'warning',
      code: 'btrfs.features',
      effect: 'unknown',
      message: `It has features that are not read: ${features.join(', ')}.`,
      ranges: rangeOf('incompatibleFeatures'),
    });
  if (volume.isOnSeveralDevices)
    problems.add({
      severity: 'warning',
      code: 'btrfs.devices',
      effect: 'unknown',
      message: `This is device ${value.deviceId} of a filesystem on ${value.devicesCount} devices; the others are not looked at.`,
      ranges: rangeOf('devicesCount'),
      todo: 'Copy each of its devices as a whole. Files are read as far as a copy of them lies on this device.',
    });
  if (volume.size > source.size)
    problems.add({
      severity: 'error',
      code: 'btrfs.size',
      effect: 'unknown',
      message: `The filesystem spans ${volume.size} bytes of this device, but its volume has only ${source.size}.`,
      ranges: rangeOf('deviceBytes'),
    });
  if (sectorSize < source.sectorSize)
    problems.add({
      severity: 'warning',
      code: 'btrfs.sectorSize',
      effect: 'none',
      message: `It was made for sectors of ${sectorSize} bytes and cannot be used on sectors of ${source.sectorSize} bytes.`,
      ranges: rangeOf('sectorSize'),
    });
}

/** Compares the copies of the superblock with the one that counts. The kernel writes all of them at each commit. */
function findCopyProblems({ copies, current, superblock: value }: BtrfsVolume, problems: ProblemList): void {
  if (!current.isSound)
    problems.add({
      severity: 'error',
      code: 'btrfs.superblock.checksum',
      effect: 'unknown',
      message: 'The checksum of the superblock is wrong, and there is no sound copy of it.',
      ranges: [{ offset: current.offset, length: SUPERBLOCK_BYTES }],
      todo,
    });
  for (const copy of copies) {
    const isSame = copy.isSound && copy.value.generation === value.generation && copy.value.filesystemId === value.filesystemId;
    if (copy === current || isSame) continue;
    const which = copy === copies[0] ? 'The first superblock' : `The copy of the superblock at ${copy.offset}`;
    problems.add({
      severity: copy === copies[0] ? 'error' : 'warning',
      code: copy === copies[0] ? 'btrfs.superblock.first' : 'btrfs.superblock.copy',
      effect: 'none',
      message: `${which} ${copy.isSound ? 'is of another transaction than' : 'is damaged, unlike'} the one at ${current.offset}, which is used here.`,
      ranges: [{ offset: copy.offset, length: SUPERBLOCK_BYTES }],
      todo: 'Run btrfs rescue super-recover on the unmounted filesystem: it writes the copies again.',
    });
  }
}
