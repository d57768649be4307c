import { bytes, field, hex8, struct, u32 } from '@diskwright/sdk/struct';
import { mbrTypeName } from '../names/mbrTypeNames';

/** Boot indicator of the partition that a legacy boot loader starts. */
export const activeFlag = 0x80;

/** One of the four partition entries of a boot record. In an extended boot record the LBAs are relative, see `extendedChain.ts`. */
export const mbrPartitionEntry = struct('MBR partition entry', 'UEFI 2.10, 5.2.1, table 5.3', {
  bootIndicator: field(hex8(), '0x80: the partition to boot', {
    check: (value) => (value === 0 || value === activeFlag ? null : 'is neither 0x00 nor 0x80'),
    meaning: (value) => (value === activeFlag ? 'active' : undefined),
  }),
  startChs: field(bytes(3), 'first sector as cylinder, head and sector; obsolete'),
  type: field(hex8(), 'what the partition holds; 0: unused', { meaning: mbrTypeName }),
  endChs: field(bytes(3), 'last sector as cylinder, head and sector; obsolete'),
  startLba: field(u32(), 'first sector'),
  sectorCount: field(u32(), 'sectors; 0: unused'),
});

/** A parsed partition entry of a boot record. */
export type MbrPartitionEntry = ReturnType<typeof mbrPartitionEntry.read>;
