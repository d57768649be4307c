import { Compatible, Incompatible, ReadOnlyCompatible, type FeatureWords } from './features';

const testFilesystemFlag = 0x4;
const ext2ReadOnly = ReadOnlyCompatible.SPARSE_SUPER | ReadOnlyCompatible.LARGE_FILE | ReadOnlyCompatible.BTREE_DIR;
const ext2Incompatible = Incompatible.FILETYPE | Incompatible.META_BG;
const ext3Incompatible = ext2Incompatible | Incompatible.NEEDS_RECOVERY;

/** libblkid's name of what a superblock describes. */
export type ExtType = 'ext2' | 'ext3' | 'ext4' | 'ext4dev' | 'jbd';

/**
 * The type by the rules of libblkid (util-linux, libblkid/src/superblocks/ext.c): features decide, not how the filesystem was made. Where
 * libblkid names none (recovery without a journal), the answer is the oldest type that has the features.
 */
export function typeOf(words: FeatureWords, flags: number): ExtType {
  if ((words.incompatible & Incompatible.JOURNAL_DEV) !== 0) return 'jbd';
  if ((flags & testFilesystemFlag) !== 0) return 'ext4dev';
  const newReadOnly = (words.readOnlyCompatible & ~ext2ReadOnly) !== 0;
  const newIncompatible = (words.incompatible & ~ext3Incompatible) !== 0;
  if (newReadOnly || newIncompatible) return 'ext4';
  return (words.compatible & Compatible.HAS_JOURNAL) !== 0 ? 'ext3' : 'ext2';
}
