const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

/** An image to be made, and how it is filled. */
export interface ImageCase {
  name: string;
  size: number;
  args: readonly string[];
  /** Size of the filesystem where it is less than the volume's, as mke2fs takes it. */
  filesystemSize?: string;
  /** Files to begin with: `many` is about 6 MiB, `few` some KiB. */
  files: 'many' | 'few' | 'none';
  /** Files written, deleted and written again by debugfs, and the largest of them in bytes. */
  fragments?: [count: number, largest: number];
  /** Work through the kernel (needs root): files are written, some deleted. */
  mounted?: boolean;
  /** Tool runs afterwards; `{image}` stands for the image. */
  afterwards?: readonly (readonly string[])[];
  /** Whether the allocation is copied and checked by e2fsck: too slow for large images. */
  cloned?: false;
  /** Its blocks are larger than the pages of a kernel, or it has what not every kernel can do. */
  unmountable?: true;
}

const fragmented: [number, number] = [40, 60_000];

/** Images of every feature that mke2fs can switch on, in many sizes. */
export const imageCases: readonly ImageCase[] = [
  {
    name: 'ext2, blocks of 1 KiB',
    size: 24 * mebibyte,
    args: ['-t', 'ext2', '-b', '1024'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext2, blocks of 2 KiB',
    size: 48 * mebibyte,
    args: ['-t', 'ext2', '-b', '2048'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext2, blocks of 4 KiB',
    size: 96 * mebibyte,
    args: ['-t', 'ext2', '-b', '4096'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext2, revision 0',
    size: 40 * mebibyte,
    args: ['-t', 'ext2', '-r', '0', '-b', '1024'],
    files: 'few',
    fragments: fragmented,
  },
  { name: 'ext2, a floppy', size: 1440 * 1024, args: ['-t', 'ext2'], files: 'few' },
  {
    name: 'ext2, a backup in every group',
    size: 64 * mebibyte,
    args: ['-t', 'ext2', '-O', '^sparse_super,^resize_inode', '-b', '1024'],
    files: 'many',
  },
  { name: 'ext2, groups of 256 blocks', size: 16 * mebibyte, args: ['-t', 'ext2', '-b', '1024', '-g', '256'], files: 'few' },
  { name: 'ext2, groups of 1000 blocks', size: 50 * mebibyte, args: ['-t', 'ext2', '-b', '1024', '-g', '1000'], files: 'many' },
  {
    name: 'ext2, made by GNU/Hurd',
    size: 32 * mebibyte,
    args: ['-t', 'ext2', '-o', 'hurd', '-I', '128', '-b', '4096'],
    files: 'few',
  },
  {
    name: 'ext3, blocks of 1 KiB',
    size: 64 * mebibyte,
    args: ['-t', 'ext3', '-b', '1024'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext3, blocks of 4 KiB',
    size: 128 * mebibyte,
    args: ['-t', 'ext3', '-b', '4096'],
    files: 'many',
    fragments: fragmented,
  },
  { name: 'ext3, no room for growing', size: 64 * mebibyte, args: ['-t', 'ext3', '-O', '^resize_inode'], files: 'many' },
  { name: 'ext3, much room for growing', size: 64 * mebibyte, args: ['-t', 'ext3', '-E', 'resize=4194304'], files: 'many' },
  {
    name: 'ext3 out of ext2 by tune2fs',
    size: 64 * mebibyte,
    args: ['-t', 'ext2'],
    files: 'many',
    afterwards: [['tune2fs', '-j', '{image}']],
  },
  { name: 'ext4, as it comes', size: 128 * mebibyte, args: ['-t', 'ext4'], files: 'many', fragments: fragmented },
  {
    name: 'ext4, lazily made',
    size: 700 * mebibyte,
    args: ['-t', 'ext4', '-E', 'lazy_itable_init=1'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, blocks of 1 KiB',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-b', '1024'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext4, blocks of 2 KiB',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-b', '2048'],
    files: 'many',
    fragments: fragmented,
  },
  { name: 'ext4, blocks of 16 KiB', size: 128 * mebibyte, args: ['-t', 'ext4', '-b', '16384'], files: 'many', unmountable: true },
  { name: 'ext4, blocks of 64 KiB', size: 256 * mebibyte, args: ['-t', 'ext4', '-b', '65536'], files: 'many', unmountable: true },
  {
    name: 'ext4, blocks of 64 KiB, 20 GiB',
    size: 20 * gibibyte,
    args: ['-t', 'ext4', '-b', '65536'],
    files: 'few',
    cloned: false,
    unmountable: true,
  },
  {
    name: 'ext4, uninit_bg',
    size: 300 * mebibyte,
    args: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg', '-b', '1024'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, uninit_bg, no flex_bg',
    size: 200 * mebibyte,
    args: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg,^flex_bg', '-b', '1024'],
    files: 'many',
  },
  {
    name: 'ext4, uninit_bg, 32 bit',
    size: 600 * mebibyte,
    args: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg,^64bit'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, no checksums',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-O', '^metadata_csum'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext4, no flex_bg',
    size: 300 * mebibyte,
    args: ['-t', 'ext4', '-O', '^flex_bg', '-b', '1024'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, flexible groups of one',
    size: 300 * mebibyte,
    args: ['-t', 'ext4', '-G', '1', '-b', '1024'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, flexible groups of 64',
    size: 900 * mebibyte,
    args: ['-t', 'ext4', '-G', '64', '-b', '1024'],
    files: 'many',
    cloned: false,
  },
  { name: 'ext4, one flexible group', size: 4 * gibibyte, args: ['-t', 'ext4', '-G', '1048576'], files: 'few', cloned: false },
  {
    name: 'ext4, metadata packed in front',
    size: 2 * gibibyte,
    args: ['-t', 'ext4', '-G', '16384', '-E', 'packed_meta_blocks=1'],
    files: 'few',
    cloned: false,
  },
  {
    name: 'ext4, bigalloc',
    size: 256 * mebibyte,
    args: ['-t', 'ext4', '-O', 'bigalloc', '-C', '65536'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, bigalloc with blocks of 1 KiB',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-O', 'bigalloc', '-b', '1024', '-C', '16384'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext4, bigalloc, many groups',
    size: 3 * gibibyte,
    args: ['-t', 'ext4', '-O', 'bigalloc', '-b', '1024', '-C', '2048', '-g', '4096'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, bigalloc, end within a cluster',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-O', 'bigalloc', '-C', '32768'],
    filesystemSize: '25001',
    files: 'many',
  },
  {
    name: 'ext4, meta_bg',
    size: gibibyte,
    args: ['-t', 'ext4', '-O', 'meta_bg,^resize_inode', '-b', '1024'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, meta_bg, 32 bit, a backup in every group',
    size: gibibyte,
    args: ['-t', 'ext4', '-O', 'meta_bg,^resize_inode,^64bit,^sparse_super', '-b', '1024'],
    files: 'few',
    cloned: false,
  },
  {
    name: 'ext4, meta_bg and bigalloc',
    size: 2 * gibibyte,
    args: ['-t', 'ext4', '-O', 'meta_bg,^resize_inode,bigalloc', '-b', '1024', '-C', '4096', '-g', '8192'],
    files: 'few',
    cloned: false,
  },
  {
    name: 'ext3, meta_bg',
    size: gibibyte,
    args: ['-t', 'ext3', '-O', 'meta_bg,^resize_inode', '-b', '1024'],
    files: 'few',
    cloned: false,
  },
  { name: 'ext4, 32 bit', size: 100 * mebibyte, args: ['-t', 'ext4', '-O', '^64bit'], files: 'many' },
  {
    name: 'ext4, descriptors of 128 bytes',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-E', 'desc_size=128', '-b', '1024'],
    files: 'many',
  },
  {
    name: 'ext4, sparse_super2',
    size: 300 * mebibyte,
    args: ['-t', 'ext4', '-O', 'sparse_super2', '-b', '1024'],
    files: 'many',
    cloned: false,
  },
  {
    name: 'ext4, sparse_super2 with one backup',
    size: 200 * mebibyte,
    args: ['-t', 'ext4', '-O', 'sparse_super2,^resize_inode', '-E', 'num_backup_sb=1', '-b', '1024'],
    files: 'many',
  },
  {
    name: 'ext4, sparse_super2 without backups',
    size: 200 * mebibyte,
    args: ['-t', 'ext4', '-O', 'sparse_super2', '-E', 'num_backup_sb=0', '-b', '1024'],
    files: 'many',
  },
  {
    name: 'ext4, inline data',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', 'inline_data', '-I', '512'],
    files: 'many',
    fragments: [80, 400],
  },
  {
    name: 'ext4, quota and project',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', 'quota,project', '-E', 'quotatype=usrquota:grpquota:prjquota'],
    files: 'many',
  },
  { name: 'ext4, orphan file', size: 64 * mebibyte, args: ['-t', 'ext4', '-O', 'orphan_file'], files: 'many' },
  { name: 'ext4, multi-mount protection', size: 64 * mebibyte, args: ['-t', 'ext4', '-O', 'mmp'], files: 'many' },
  {
    name: 'ext4, encrypt, casefold, verity, stable_inodes',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', 'encrypt,casefold,verity,stable_inodes', '-E', 'encoding=utf8'],
    files: 'many',
    unmountable: true,
  },
  { name: 'ext4, ea_inode and large_dir', size: 64 * mebibyte, args: ['-t', 'ext4', '-O', 'ea_inode,large_dir'], files: 'many' },
  {
    name: 'ext4, checksum seed',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', 'metadata_csum_seed'],
    files: 'many',
    afterwards: [['tune2fs', '-U', 'random', '{image}']],
  },
  { name: 'ext4, fast commits', size: 128 * mebibyte, args: ['-t', 'ext4', '-O', 'fast_commit'], files: 'many' },
  { name: 'ext4, no journal', size: 64 * mebibyte, args: ['-t', 'ext4', '-O', '^has_journal'], files: 'many' },
  {
    name: 'ext4, neither extents nor large inodes',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', '^extents,^64bit,^extra_isize,^dir_nlink,^huge_file', '-I', '128'],
    files: 'many',
    fragments: fragmented,
  },
  {
    name: 'ext4, RAID stride',
    size: 400 * mebibyte,
    args: ['-t', 'ext4', '-E', 'stride=16,stripe_width=64', '-b', '1024'],
    files: 'few',
    cloned: false,
  },
  { name: 'ext4, few inodes of 1 KiB', size: 64 * mebibyte, args: ['-t', 'ext4', '-N', '64', '-I', '1024'], files: 'none' },
  { name: 'ext4, bad blocks', size: 64 * mebibyte, args: ['-t', 'ext4', '-b', '4096', '-l', '{folder}/bad'], files: 'many' },
  { name: 'ext4, smaller than its volume', size: 100 * mebibyte, args: ['-t', 'ext4'], filesystemSize: '50001k', files: 'many' },
  {
    name: 'ext4, a last group of few blocks',
    size: 100 * mebibyte,
    args: ['-t', 'ext4', '-b', '1024'],
    filesystemSize: '82000',
    files: 'many',
  },
  { name: 'ext4, ext4dev', size: 32 * mebibyte, args: ['-t', 'ext4', '-E', 'test_fs'], files: 'few', unmountable: true },
  {
    name: 'ext4, grown by resize2fs',
    size: 6 * gibibyte,
    args: ['-t', 'ext4', '-b', '1024'],
    filesystemSize: '60M',
    files: 'many',
    afterwards: [['resize2fs', '{image}']],
    cloned: false,
  },
  {
    name: 'ext4, shrunk by resize2fs',
    size: 200 * mebibyte,
    args: ['-t', 'ext4', '-b', '1024'],
    files: 'many',
    afterwards: [
      ['e2fsck', '-fy', '{image}'],
      ['resize2fs', '-M', '{image}'],
    ],
  },
  {
    name: 'ext4, turned to 32 bit',
    size: 200 * mebibyte,
    args: ['-t', 'ext4', '-b', '1024'],
    files: 'many',
    afterwards: [
      ['e2fsck', '-fy', '{image}'],
      ['resize2fs', '-s', '{image}'],
    ],
  },
  {
    name: 'ext4, checksums taken away',
    size: 200 * mebibyte,
    args: ['-t', 'ext4', '-b', '1024'],
    files: 'many',
    afterwards: [
      ['e2fsck', '-fy', '{image}'],
      ['tune2fs', '-O', '^metadata_csum', '{image}'],
    ],
  },
  {
    name: 'ext4, 300 GiB',
    size: 300 * gibibyte,
    args: ['-t', 'ext4', '-E', 'lazy_itable_init=1,nodiscard'],
    files: 'many',
    fragments: fragmented,
    cloned: false,
  },
  { name: 'ext2 written by the kernel', size: 64 * mebibyte, args: ['-t', 'ext2', '-b', '1024'], files: 'few', mounted: true },
  { name: 'ext3 written by the kernel', size: 128 * mebibyte, args: ['-t', 'ext3'], files: 'few', mounted: true },
  { name: 'ext4 written by the kernel', size: 200 * mebibyte, args: ['-t', 'ext4', '-b', '1024'], files: 'few', mounted: true },
  {
    name: 'ext4, orphan file, written by the kernel',
    size: 128 * mebibyte,
    args: ['-t', 'ext4', '-O', 'orphan_file,inline_data,ea_inode'],
    files: 'few',
    mounted: true,
  },
  {
    name: 'ext4, uninit_bg, written by the kernel',
    size: 300 * mebibyte,
    args: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg', '-b', '1024'],
    files: 'few',
    mounted: true,
    cloned: false,
  },
  {
    name: 'ext4, bigalloc, written by the kernel',
    size: 256 * mebibyte,
    args: ['-t', 'ext4', '-O', 'bigalloc', '-C', '16384'],
    files: 'few',
    mounted: true,
    cloned: false,
  },
  {
    name: 'ext4, meta_bg, written by the kernel',
    size: gibibyte,
    args: ['-t', 'ext4', '-O', 'meta_bg,^resize_inode', '-b', '1024'],
    files: 'few',
    mounted: true,
    cloned: false,
  },
  {
    name: 'ext4, no journal, written by the kernel',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', '^has_journal'],
    files: 'few',
    mounted: true,
  },
  {
    name: 'ext4, multi-mount protection, written by the kernel',
    size: 64 * mebibyte,
    args: ['-t', 'ext4', '-O', 'mmp'],
    files: 'few',
    mounted: true,
  },
];
