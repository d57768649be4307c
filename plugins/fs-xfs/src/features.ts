import type { Superblock } from './structures/superblock';

/** Bits of `version` above its number. */
const versionNames: Record<number, string> = {
  0x10: 'ATTR',
  0x20: 'NLINK',
  0x40: 'QUOTA',
  0x80: 'ALIGN',
  0x100: 'DALIGN',
  0x200: 'SHARED',
  0x400: 'LOGV2',
  0x800: 'SECTOR',
  0x1000: 'EXTFLG',
  0x2000: 'DIRV2',
  0x4000: 'ASCII_CI',
  0x8000: 'MOREBITS',
};
const features2Names: Record<number, string> = {
  0x2: 'LAZYSBCOUNT',
  0x8: 'ATTR2',
  0x10: 'PARENT',
  0x80: 'PROJID32BIT',
  0x100: 'CRC',
  0x200: 'FTYPE',
};
const readOnlyNames: Record<number, string> = { 0x1: 'FINOBT', 0x2: 'RMAPBT', 0x4: 'REFLINK', 0x8: 'INOBTCNT' };
const incompatibleNames: Record<number, string> = {
  0x1: 'FTYPE',
  0x2: 'SPARSE_INODES',
  0x4: 'META_UUID',
  0x8: 'BIGTIME',
  0x10: 'NEEDSREPAIR',
  0x20: 'NREXT64',
  0x40: 'EXCHANGE',
  0x80: 'PARENT',
  0x100: 'METADIR',
  0x200: 'ZONED',
  0x400: 'ZONE_GAPS',
};

export const VersionBit = { ATTR: 0x10, EXTENT_FLAG: 0x1000, DIRECTORY_2: 0x2000, ASCII_CI: 0x4000, MORE_BITS: 0x8000 } as const;
export const Features2 = { LAZY_COUNT: 0x2, FTYPE: 0x200 } as const;
export const ReadOnly = { FINOBT: 0x1, RMAPBT: 0x2, REFLINK: 0x4, INOBTCNT: 0x8 } as const;
export const Incompatible = {
  FTYPE: 0x1,
  SPARSE_INODES: 0x2,
  META_UUID: 0x4,
  BIGTIME: 0x8,
  NEEDS_REPAIR: 0x10,
  NREXT64: 0x20,
  METADIR: 0x100,
} as const;
/** What is known well enough to say what is used. Others move things to places that are not known here. */
export const KNOWN_INCOMPATIBLE = 0xff;
export const KNOWN_READ_ONLY = 0xf;

function* named(names: Record<number, string>, bits: number, unknown: string): Generator<string, void, undefined> {
  for (let bit = 0; bit < 32; bit++) {
    const mask = (1 << bit) >>> 0;
    if ((bits & mask) !== 0) yield names[mask] ?? `${unknown}_${mask.toString(16)}`;
  }
}

/** Names of the features, as the command `version` of xfs_db prints them. */
export function featureNames(value: Superblock): string[] {
  const version = value.version & 0xf;
  const names = new Set([`V${version}`, ...named(versionNames, value.version & 0xfff0, 'VERSION')]);
  if ((value.version & VersionBit.MORE_BITS) !== 0)
    for (const name of named(features2Names, value.features2, 'FEATURES2')) names.add(name);
  if (version >= 5) {
    for (const name of named(incompatibleNames, value.incompatibleFeatures, 'INCOMPAT')) names.add(name);
    for (const name of named(readOnlyNames, value.readOnlyFeatures, 'RO_COMPAT')) names.add(name);
  }
  return [...names];
}
