import { readOrNull } from '@diskwright/sdk/files';
import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { featureNames, Incompatible } from './features';
import { readFreeSpaceHeader } from './groups/groupHeaders';
import { readLogState } from './logState';
import type { XfsVolume } from './volume';

const ZERO_UUID = '00000000-0000-0000-0000-000000000000';

/** What the user is shown of a filesystem. @throws what `read` throws */
export async function describeVolume(volume: XfsVolume, signal: AbortSignal): Promise<FilesystemInfo> {
  const { superblock: value, geometry } = volume;
  const log = await readOrNull(() => readLogState(volume, signal));
  const needsRepair = geometry.hasChecksums && (value.incompatibleFeatures & Incompatible.NEEDS_REPAIR) !== 0;
  const isClean = log?.isClean === true && !needsRepair && value.inProgress === 0;
  return {
    type: 'xfs',
    label: value.label || null,
    uuid: value.uuid === ZERO_UUID ? null : value.uuid,
    size: Math.min(volume.size, volume.source.size),
    used: await usedBytes(volume, isClean, signal),
    blockSize: geometry.blockSize,
    clean: isClean,
    // One made for sectors of 4096 bytes can be used on smaller ones: `relocate` knows.
    sectorSize: null,
    features: featureNames(value),
    details: details(volume, log === null ? 'cannot be read' : log.isClean ? 'clean' : 'not clean, and not replayed'),
  };
}

/**
 * Used bytes by the filesystem's own accounting. The superblock's count is brought up to date at unmounting only; until then the groups' are nearer to the
 * truth.
 */
async function usedBytes(volume: XfsVolume, isClean: boolean, signal: AbortSignal): Promise<number | null> {
  const { superblock: value, geometry } = volume;
  if (volume.size > volume.source.size) return null;
  let free = isClean ? safeNumber(value.freeBlocks) : 0;
  for (let group = 0; !isClean && group < geometry.groupsCount; group++) {
    signal.throwIfAborted();
    const header = await readOrNull(() => readFreeSpaceHeader(volume, group, signal));
    free += header ? header.freeBlocks + header.freeListCount + header.treeBlocks : 0;
  }
  return free <= geometry.blocksCount ? (geometry.blocksCount - free) * geometry.blockSize : null;
}

function details({ superblock: value, geometry }: XfsVolume, logState: string): [string, string][] {
  const rows: [string, string][] = [
    [
      'log',
      geometry.log ? `${geometry.log.blocks} blocks from block ${geometry.log.firstBlock}, ${logState}` : 'on another device',
    ],
    ['allocation groups', `${geometry.groupsCount} of ${geometry.groupBlocks} blocks`],
    ['sector size', String(geometry.sectorSize)],
    ['inodes', `${value.inodesCount}, ${value.freeInodes} free`],
    ['inode size', String(geometry.inodeSize)],
    ['directory block size', String(geometry.directoryBlockSize)],
  ];
  if (value.stripeUnit > 0) rows.push(['stripe', `${value.stripeUnit} blocks of ${value.stripeWidth}`]);
  if (value.realtimeBlocksCount > 0n) rows.push(['realtime device', `${value.realtimeBlocksCount} blocks, not read`]);
  return rows;
}
