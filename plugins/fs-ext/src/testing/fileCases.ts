/** Sets of features that decide how files are kept, as arguments of mke2fs. */
export const fileCases: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['ext2, blocks of 1 KiB', ['-t', 'ext2', '-b', '1024']],
  ['ext2, no types in directories', ['-t', 'ext2', '-O', '^filetype,^dir_index', '-b', '1024']],
  ['ext3', ['-t', 'ext3', '-b', '4096']],
  ['ext4', ['-t', 'ext4']],
  ['ext4, blocks of 1 KiB, meta_bg', ['-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode']],
  ['ext4, no checksums, 32 bit, small inodes', ['-t', 'ext4', '-O', '^metadata_csum,^64bit,^extra_isize', '-I', '128']],
  ['ext4, inline data', ['-t', 'ext4', '-O', 'inline_data', '-I', '512']],
  ['ext4, inline data, blocks of 1 KiB', ['-t', 'ext4', '-O', 'inline_data', '-I', '256', '-b', '1024']],
  ['ext4, bigalloc', ['-t', 'ext4', '-O', 'bigalloc', '-b', '1024', '-C', '16384']],
  ['ext4, ea_inode, large_dir, orphan_file', ['-t', 'ext4', '-O', 'ea_inode,large_dir,orphan_file', '-b', '2048']],
];
