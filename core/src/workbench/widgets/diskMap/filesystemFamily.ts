import type { ContainerSummary, FilesystemSummary } from '@diskwright/sdk/protocol';

/** What lies on a volume, by the layout of its device. */
export interface VolumeContent {
  filesystem: FilesystemSummary | null;
  container?: ContainerSummary | null | undefined;
}

/** What shares a colour and a pattern on maps, and its title in legends. */
const FAMILIES = {
  ext: 'ext2, ext3, ext4',
  fat: 'FAT, exFAT',
  ntfs: 'NTFS',
  swap: 'swap',
  xfs: 'XFS',
  btrfs: 'Btrfs',
  crypt: 'encrypted',
  lvm: 'LVM',
  raid: 'RAID member',
  other: 'other filesystem',
  unknown: 'not recognised',
} as const;
export type FilesystemFamily = keyof typeof FAMILIES;

const BY_TYPE: Readonly<Record<string, FilesystemFamily>> = {
  ext2: 'ext',
  ext3: 'ext',
  ext4: 'ext',
  vfat: 'fat',
  exfat: 'fat',
  ntfs: 'ntfs',
  swap: 'swap',
  xfs: 'xfs',
  btrfs: 'btrfs',
  crypto_LUKS: 'crypt',
  BitLocker: 'crypt',
  LVM2_member: 'lvm',
  linux_raid_member: 'raid',
};

/** Of what lies in a region or on a volume: a filesystem, or what it is a member of. */
export function contentFamily({ filesystem, container }: VolumeContent): FilesystemFamily {
  if (!filesystem && container?.locked) return 'crypt';
  const type = filesystem?.type ?? container?.type;
  return type ? (BY_TYPE[type] ?? 'other') : 'unknown';
}

export const familyTitle = (family: FilesystemFamily): string => FAMILIES[family];
