import type { Superblock } from './structures/superblock';

/** Bits of `incompatibleFeatures`. */
const Incompatible = {
  MIXED_BACKREF: 0x1,
  DEFAULT_SUBVOL: 0x2,
  MIXED_GROUPS: 0x4,
  COMPRESS_LZO: 0x8,
  COMPRESS_ZSTD: 0x10,
  BIG_METADATA: 0x20,
  EXTENDED_IREF: 0x40,
  RAID56: 0x80,
  SKINNY_METADATA: 0x100,
  NO_HOLES: 0x200,
  METADATA_UUID: 0x400,
  RAID1C34: 0x800,
  ZONED: 0x1000,
  EXTENT_TREE_V2: 0x2000,
  RAID_STRIPE_TREE: 0x4000,
  SIMPLE_QUOTA: 0x10000,
} as const;

/** Bits of `readOnlyFeatures`. */
export const ReadOnly = {
  FREE_SPACE_TREE: 0x1,
  FREE_SPACE_TREE_VALID: 0x2,
  VERITY: 0x4,
  BLOCK_GROUP_TREE: 0x8,
} as const;

/** Bits of `flags`. */
export const SuperFlag = {
  ERROR: 2 ** 2,
  SEEDING: 2 ** 32,
  METADUMP: 2 ** 33,
  METADUMP_2: 2 ** 34,
  CHANGING_ID: 2 ** 35,
  CHANGING_ID_2: 2 ** 36,
  CHANGING_BLOCK_GROUPS: 2 ** 38,
  CHANGING_DATA_CHECKSUMS: 2 ** 39,
  CHANGING_META_CHECKSUMS: 2 ** 40,
} as const;

/** What changes where things lie, or how they are counted, in ways that this reader does not know. */
const NOT_READ = Incompatible.ZONED | Incompatible.EXTENT_TREE_V2 | Incompatible.RAID_STRIPE_TREE;
const KNOWN_INCOMPATIBLE = Object.values(Incompatible).reduce((all, bit) => all | bit, 0);
const KNOWN_READ_ONLY = Object.values(ReadOnly).reduce((all, bit) => all | bit, 0);

/** Whether a flag of 64 bits is set, which bit operations on numbers could not tell. */
export function hasFlag(value: bigint, flag: number): boolean {
  return (value & BigInt(flag)) !== 0n;
}

/** Names of all features that are switched on, as `btrfs inspect-internal dump-super` prints them; unknown ones by their bits. */
export function featureNames({ incompatibleFeatures, readOnlyFeatures }: Superblock): string[] {
  return [
    ...namesOf(readOnlyFeatures, ReadOnly, 'unknown read-only feature'),
    ...namesOf(incompatibleFeatures, Incompatible, 'unknown feature'),
  ];
}

function namesOf(value: bigint, known: Readonly<Record<string, number>>, unknown: string): string[] {
  const names = Object.entries(known).flatMap(([name, bit]) => (hasFlag(value, bit) ? [name] : []));
  const others = [...Array(64).keys()].filter((bit) => hasFlag(value, 2 ** bit) && !Object.values(known).includes(2 ** bit));
  return [...names, ...others.map((bit) => `${unknown} 0x${(2 ** bit).toString(16)}`)];
}

/** Names of features that make it uncertain what is used. */
export function doubtfulFeatures({ incompatibleFeatures, readOnlyFeatures }: Superblock): string[] {
  const doubtful = incompatibleFeatures & ~BigInt(KNOWN_INCOMPATIBLE & ~NOT_READ);
  return [
    ...namesOf(doubtful, Incompatible, 'unknown feature'),
    ...namesOf(readOnlyFeatures & ~BigInt(KNOWN_READ_ONLY), ReadOnly, 'unknown read-only feature'),
  ];
}
