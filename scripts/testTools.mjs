// The system tools that the tests compare with: which are missing, and how to get them. Node's own modules only.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Tool → Debian package. */
const tools = {
  sgdisk: 'gdisk',
  sfdisk: 'fdisk',
  'mkfs.fat': 'dosfstools',
  'mkfs.ext4': 'e2fsprogs',
  mcopy: 'mtools',
  'mkfs.exfat': 'exfatprogs',
  'mount.exfat-fuse': 'exfat-fuse',
  fls: 'sleuthkit',
  'partclone.ext4': 'partclone',
  nbdkit: 'nbdkit',
  ddrescuelog: 'gddrescue',
  nbdinfo: 'libnbd-bin',
  nbdfuse: 'nbdfuse',
  'qemu-img': 'qemu-utils',
  mdadm: 'mdadm',
  genromfs: 'genromfs',
  'mkfs.ntfs': 'ntfs-3g',
  'wimlib-imagex': 'wimtools',
  fusermount3: 'fuse3',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
  parted: 'parted',
  'mkfs.f2fs': 'f2fs-tools',
  'mkfs.jfs': 'jfsutils',
  'mkfs.nilfs2': 'nilfs-tools',
  'mkfs.reiserfs': 'reiserfsprogs',
  'mkfs.erofs': 'erofs-utils',
  mksquashfs: 'squashfs-tools',
  mkudffs: 'udftools',
  makefs: 'makefs',
  xorriso: 'xorriso',
  genisoimage: 'genisoimage',
  bsdtar: 'libarchive-tools',
  cryptsetup: 'cryptsetup-bin',
  pvcreate: 'lvm2',
  sudo: 'sudo',
  setpriv: 'util-linux',
  b3sum: 'b3sum',
  rg: 'ripgrep',
  cmp: 'diffutils',
  chromium: 'chromium',
  'chromium-headless-shell': 'chromium-headless-shell',
  Xvfb: 'xvfb',
};

const found = (tool) =>
  ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) =>
    existsSync(`${folder}/${tool}`),
  );

/** Installs what is missing through apt as root on Debian; otherwise prints the list. The tests that need a tool skip by its name. */
export function ensureTestTools() {
  const missing = [
    ...new Set(
      Object.keys(tools)
        .filter((tool) => !found(tool))
        .map((tool) => tools[tool]),
    ),
  ];
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`Installing what the tests compare with: ${missing.join(' ')}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (apt('install', '-y', '-qq', ...missing).status === 0) return;
    apt('update', '-qq');
    apt('install', '-y', '-qq', ...missing);
    return;
  }
  process.stderr.write(
    `Some tests compare with system tools that are not here and will be skipped.\nOn Debian: sudo apt-get install ${missing.join(' ')}\n`,
  );
}
