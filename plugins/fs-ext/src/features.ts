/**
 * Feature words of the superblock. Names are those that dumpe2fs prints (e2fsprogs, lib/e2p/feature.c); values are from the Linux kernel's
 * fs/ext4/ext4.h.
 */

export const Compatible = {
  HAS_JOURNAL: 0x4,
  RESIZE_INODE: 0x10,
  SPARSE_SUPER2: 0x200,
  ORPHAN_FILE: 0x1000,
} as const;

export const Incompatible = {
  FILETYPE: 0x2,
  NEEDS_RECOVERY: 0x4,
  JOURNAL_DEV: 0x8,
  META_BG: 0x10,
  SIXTY_FOUR_BIT: 0x80,
  MMP: 0x100,
  FLEX_BG: 0x200,
  CSUM_SEED: 0x2000,
} as const;

export const ReadOnlyCompatible = {
  SPARSE_SUPER: 0x1,
  LARGE_FILE: 0x2,
  BTREE_DIR: 0x4,
  GDT_CSUM: 0x10,
  BIGALLOC: 0x200,
  METADATA_CSUM: 0x400,
  ORPHAN_PRESENT: 0x10000,
} as const;

const compatibleNames: Record<number, string> = {
  0x1: 'dir_prealloc',
  0x2: 'imagic_inodes',
  0x4: 'has_journal',
  0x8: 'ext_attr',
  0x10: 'resize_inode',
  0x20: 'dir_index',
  0x40: 'lazy_bg',
  0x100: 'snapshot_bitmap',
  0x200: 'sparse_super2',
  0x400: 'fast_commit',
  0x800: 'stable_inodes',
  0x1000: 'orphan_file',
};

const incompatibleNames: Record<number, string> = {
  0x1: 'compression',
  0x2: 'filetype',
  0x4: 'needs_recovery',
  0x8: 'journal_dev',
  0x10: 'meta_bg',
  0x40: 'extent',
  0x80: '64bit',
  0x100: 'mmp',
  0x200: 'flex_bg',
  0x400: 'ea_inode',
  0x1000: 'dirdata',
  0x2000: 'metadata_csum_seed',
  0x4000: 'large_dir',
  0x8000: 'inline_data',
  0x10000: 'encrypt',
  0x20000: 'casefold',
};

const readOnlyCompatibleNames: Record<number, string> = {
  0x1: 'sparse_super',
  0x2: 'large_file',
  0x8: 'huge_file',
  0x10: 'uninit_bg',
  0x20: 'dir_nlink',
  0x40: 'extra_isize',
  0x100: 'quota',
  0x200: 'bigalloc',
  0x400: 'metadata_csum',
  0x800: 'replica',
  0x1000: 'read-only',
  0x2000: 'project',
  0x4000: 'shared_blocks',
  0x8000: 'verity',
  0x10000: 'orphan_present',
};

/**
 * Incompatible features whose effect on the allocation is known here: those that mke2fs can switch on. `compression` and `dirdata` have names,
 * but no released e2fsprogs can check them, so nothing here relies on them.
 */
const understoodIncompatible =
  0x2 | 0x4 | 0x8 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000;
/** As above, for features that allow reading; `replica` and snapshots (0x80) came with patched kernels that keep blocks of their own. */
const understoodReadOnly =
  0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x40 | 0x100 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000;

/** The three feature words of a superblock. */
export interface FeatureWords {
  compatible: number;
  incompatible: number;
  readOnlyCompatible: number;
}

function namesOf(word: number, names: Record<number, string>, letter: string): string[] {
  const found: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const mask = (1 << bit) >>> 0;
    if ((word & mask) !== 0) found.push(names[mask] ?? `FEATURE_${letter}${bit}`);
  }
  return found;
}

/** All features in the order and by the names that `dumpe2fs -h` prints; unnamed bits as `FEATURE_C7`, `FEATURE_I31`, `FEATURE_R17`. */
export function featureNames(words: FeatureWords): string[] {
  return [
    ...namesOf(words.compatible, compatibleNames, 'C'),
    ...namesOf(words.incompatible, incompatibleNames, 'I'),
    ...namesOf(words.readOnlyCompatible, readOnlyCompatibleNames, 'R'),
  ];
}

/** Names of the features that may change where blocks lie or what the bitmaps mean in a way that is not known here. */
export function unknownFeatureNames(words: FeatureWords): string[] {
  return [
    ...namesOf((words.incompatible & ~understoodIncompatible) >>> 0, incompatibleNames, 'I'),
    ...namesOf((words.readOnlyCompatible & ~understoodReadOnly) >>> 0, readOnlyCompatibleNames, 'R'),
  ];
}
