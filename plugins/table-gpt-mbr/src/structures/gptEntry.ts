import { field, guid, hex64, struct, u64, utf16 } from '@diskwright/sdk/struct';
import { gptTypeName } from '../names/gptTypeNames';

/** Attribute bit 2: "legacy BIOS bootable". */
export const legacyBootable = 1n << 2n;
const attributeNames: readonly [bigint, string][] = [
  [1n << 0n, 'required by the platform'],
  [1n << 1n, 'ignored by EFI'],
  [legacyBootable, 'legacy BIOS bootable'],
  [1n << 59n, 'grow the filesystem'],
  [1n << 60n, 'read only'],
  [1n << 62n, 'hidden'],
  [1n << 63n, 'no automount'],
];

/** Whether the attributes mark a partition as one that a legacy BIOS boots. */
export function isLegacyBootable(attributes: bigint): boolean {
  return (attributes & legacyBootable) !== 0n;
}

/** The attributes that are set, in words; undefined when none is. */
export function describeAttributes(attributes: bigint): string | undefined {
  const set = attributeNames.filter(([bit]) => (attributes & bit) !== 0n).map(([, name]) => name);
  return set.length === 0 ? undefined : set.join(', ');
}

/** The 128 bytes of a partition entry that are defined; entries may be larger, the rest being reserved. Bits 59 … 63 are the types' own. */
export const gptEntry = struct('GPT partition entry', 'UEFI 2.10, 5.3.3, table 5.6', {
  typeGuid: field(guid(), 'what the partition holds; all zeros: unused', { meaning: gptTypeName }),
  uniqueGuid: field(guid(), 'identifies the partition'),
  firstLba: field(u64(), 'first sector'),
  lastLba: field(u64(), 'last sector, part of the partition'),
  attributes: field(hex64(), 'flags', { meaning: describeAttributes }),
  name: field(utf16(36), 'name for people'),
});

/** A parsed GPT partition entry. */
export type GptEntry = ReturnType<typeof gptEntry.read>;
