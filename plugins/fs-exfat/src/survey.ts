import { rangeOfClusters } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange, Finding } from '@diskwright/sdk/protocol';
import { readBitmap, type UsedClusters } from './bitmap';
import { allocationRuns } from './files/allocationRuns';
import { directoryExtents } from './files/content';
import type { Allocation } from './files/entrySet';
import type { ExfatVolume } from './files/volume';
import { readRootEntries, type RootEntries } from './rootEntries';
import { bootSector, VolumeFlag } from './structures/bootSector';
import { ENTRY_BYTES } from './structures/directoryEntries';

/** What the volume says of itself as a whole. */
export interface Survey {
  root: RootEntries;
  /** Null where there is no bitmap that can be read. */
  used: UsedClusters | null;
  /** Why it does not count as cleanly unmounted. */
  unclean: Finding[];
  /** Why the bitmap cannot be relied on, besides. */
  doubts: Finding[];
}

const CHECK = 'check it with fsck.exfat, or chkdsk on Windows';

/** Reads root directory and bitmap. Needs a geometry without errors. @throws what `read` of the source throws */
export async function surveyVolume(volume: ExfatVolume, signal: AbortSignal): Promise<Survey> {
  const root = await readRootEntries(volume, signal);
  const doubts: Finding[] = [];
  const doubt = (code: string, message: string, ranges: ByteRange[] = []): void =>
    void doubts.push({ severity: 'error', code: `exfat.${code}`, message, ranges, todo: CHECK });

  if (volume.geometry.boot.fatCount === 2)
    doubt('texFat', 'this is TexFAT, which changes FAT and bitmap in turns: that is not read here', [
      bootSector.range('fatCount'),
    ]);
  if (root.damage) doubt('root', `the root directory: ${root.damage.message}`, rangesOf(root.damage));
  for (const { type, offset } of root.unknown.slice(0, 16))
    doubt('entry', `an entry of kind 0x${type.toString(16)} in the root directory is not known`, [
      { offset, length: ENTRY_BYTES },
    ]);
  const used = await readUsed(volume, root.bitmap, doubt, signal);
  if (used) await findUnmarked(volume, root, used.extents, doubt, signal);
  return { root, used, unclean: uncleanFindings(volume), doubts };
}

type Doubt = (code: string, message: string, ranges?: ByteRange[]) => void;

async function readUsed(
  volume: ExfatVolume,
  bitmap: RootEntries['bitmap'],
  doubt: Doubt,
  signal: AbortSignal,
): Promise<UsedClusters | null> {
  if (!bitmap) {
    doubt('bitmap', 'the root directory has no allocation bitmap');
    return null;
  }
  try {
    return await readBitmap(volume, bitmap, signal);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    doubt('bitmap', `the allocation bitmap: ${error.message}`, [{ offset: bitmap.offset, length: ENTRY_BYTES }]);
    return null;
  }
}

/** What cannot be free: bitmap, up-case table and root directory. A bitmap that calls them so is wrong elsewhere, too. */
async function findUnmarked(
  volume: ExfatVolume,
  { bitmap, upcase }: RootEntries,
  used: ExtentList,
  doubt: Doubt,
  signal: AbortSignal,
): Promise<void> {
  const parts: [string, () => Promise<ByteRange[]>][] = [
    ['the allocation bitmap', () => extentsOfAllocation(volume, bitmap, signal)],
    ['the up-case table', () => extentsOfAllocation(volume, upcase, signal)],
    ['the root directory', () => directoryExtents(volume, null, signal)],
  ];
  for (const [name, extents] of parts) {
    const unmarked = subtract(ExtentList.fromRanges(await extents()), used);
    if (unmarked.count > 0) doubt('bitmap.unmarked', `the bitmap calls clusters of ${name} free`, [...unmarked].slice(0, 64));
  }
}

/** As far as it makes sense. */
async function extentsOfAllocation(
  volume: ExfatVolume,
  allocation: Allocation | null,
  signal: AbortSignal,
): Promise<ByteRange[]> {
  const extents: ByteRange[] = [];
  try {
    if (allocation && allocation.size <= volume.geometry.clusterCount * volume.geometry.clusterBytes)
      for await (const run of allocationRuns(volume, allocation, signal)) extents.push(rangeOfClusters(volume.geometry, run));
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
  }
  return extents;
}

function uncleanFindings({ geometry }: ExfatVolume): Finding[] {
  const ranges = [bootSector.range('flags')];
  const findings: Finding[] = [];
  const report = (code: string, message: string): void =>
    void findings.push({ severity: 'warning', code: `exfat.${code}`, message, ranges, todo: CHECK });
  if (geometry.boot.flags & VolumeFlag.dirty)
    report('dirty', 'the boot sector marks the volume as dirty: it was not cleanly unmounted');
  if (geometry.boot.flags & VolumeFlag.mediaFailure) report('mediaFailure', 'the boot sector records that disk errors were met');
  return findings;
}

function rangesOf({ detail }: DamagedStructureError): ByteRange[] {
  return detail.offset === undefined || !detail.length ? [] : [{ offset: detail.offset, length: detail.length }];
}
