/** Bits of a chunk's flags that say what it holds. */
export const Holds = { DATA: 1, SYSTEM: 2, METADATA: 4 } as const;

/** Bits of a chunk's flags that say how it lies on the devices; none of them: once. */
export const Profile = {
  RAID0: 8,
  RAID1: 16,
  DUP: 32,
  RAID10: 64,
  RAID5: 128,
  RAID6: 256,
  RAID1C3: 512,
  RAID1C4: 1024,
  ALL: 2040,
} as const;

/** Of which no device holds all. */
export const STRIPED_PROFILES = Profile.RAID0 | Profile.RAID10 | Profile.RAID5 | Profile.RAID6;

/** What a chunk holds, in words. */
export function holdsText(flags: number): string {
  return Object.entries(Holds)
    .flatMap(([name, bit]) => ((flags & bit) !== 0 ? [name.toLowerCase()] : []))
    .join(' and ');
}

/** As `btrfs filesystem df` names it. */
export function profileName(flags: number): string {
  const found = Object.entries(Profile).find(([name, bit]) => name !== 'ALL' && (flags & bit) !== 0);
  return found ? found[0] : 'single';
}
