import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { Incompatible, featureNames } from './features';
import { typeOf } from './filesystemType';
import { blockCounts, featuresOf } from './geometry';
import { GroupTable } from './groupTable';
import { replayedInWords } from './journal/replayProblems';
import { hasExternalJournal } from './journalProblems';
import { errorBehaviours, operatingSystems, State, zeroUuid, type Superblock } from './structures/superblock';
import type { ExtVolume } from './volume';

/** Whether the superblock says that nothing is left to be done before its bitmaps can be relied on. */
export function isClean(value: Superblock): boolean {
  const needsRecovery = (value.incompatibleFeatures & Incompatible.NEEDS_RECOVERY) !== 0;
  return value.state === State.VALID && !needsRecovery;
}

/** What the user is shown of a filesystem or an external journal. @throws what `read` throws */
export async function describeVolume(volume: ExtVolume, signal: AbortSignal): Promise<FilesystemInfo> {
  const { superblock: value, source, blockSize } = volume;
  const features = featuresOf(value);
  const type = typeOf(features, value.flags);
  return {
    type,
    label: value.volumeName || null,
    uuid: value.uuid === zeroUuid ? null : value.uuid,
    size: Number.isFinite(volume.size) ? volume.size : source.size,
    used: type === 'jbd' ? volume.size : await usedBytes(volume, signal),
    blockSize,
    clean: isClean(value),
    sectorSize: null,
    features: featureNames(features),
    details: type === 'jbd' ? [] : details(volume),
  };
}

/**
 * Used bytes by the filesystem's own accounting. The superblock's count is brought up to date at unmounting only; until then the group descriptors
 * are nearer to the truth.
 */
async function usedBytes(volume: ExtVolume, signal: AbortSignal): Promise<number | null> {
  const { superblock: value, geometry, blockSize } = volume;
  const { total, free } = blockCounts(value);
  let freeBlocks = free;
  if (!isClean(value) && !(geometry instanceof DamagedStructureError) && volume.size <= volume.source.size) {
    const table = await GroupTable.read(volume.source, geometry, signal);
    let freeClusters = 0;
    for (let group = 0; group < geometry.groupsCount; group++) freeClusters += table.freeClusters(group);
    freeBlocks = freeClusters * geometry.blocksPerCluster;
  }
  const used = (total - freeBlocks) * blockSize;
  return Number.isSafeInteger(used) && used >= 0 ? used : null;
}

function time(low: number, high: number): string {
  const seconds = low + high * 2 ** 32;
  return seconds === 0 ? 'never' : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function stateInWords(value: Superblock): string {
  const words = [(value.state & State.VALID) !== 0 ? 'clean' : 'not clean'];
  if ((value.state & State.ERROR) !== 0) words.push('with errors');
  if ((value.incompatibleFeatures & Incompatible.NEEDS_RECOVERY) !== 0) words.push('journal to be replayed');
  return words.join(', ');
}

function details(volume: ExtVolume): [string, string][] {
  const { superblock: value, geometry } = volume;
  const rows: [string, string][] = [
    ['state', stateInWords(value)],
    ['last mounted on', value.lastMountedOn],
    ['created', time(value.creationTime, value.creationTimeHigh)],
    ['last mounted', time(value.mountTime, value.mountTimeHigh)],
    ['last written', time(value.writeTime, value.writeTimeHigh)],
    ['last checked', time(value.lastCheckTime, value.lastCheckTimeHigh)],
    ['mounts since check', String(value.mountCount)],
    ['errors', errorBehaviours[value.errorBehaviour] ?? ''],
    ['made by', operatingSystems[value.creatorOperatingSystem] ?? ''],
    ['inodes', `${value.inodesCount}, ${value.freeInodesCount} free`],
    ['inode size', String(value.revision === 0 ? 128 : value.inodeSize)],
    ['journal', journalInWords(volume)],
    ['journal replayed', replayInWords(volume)],
    ['errors recorded', value.errorCount === 0 ? '' : String(value.errorCount)],
  ];
  if (!(geometry instanceof DamagedStructureError)) {
    rows.push(['block groups', String(geometry.groupsCount)]);
    if (geometry.blocksPerCluster > 1) rows.push(['cluster size', String(geometry.blocksPerCluster * geometry.blockSize)]);
  }
  return rows.filter(([, text]) => text !== '');
}

function replayInWords({ replay }: ExtVolume): string {
  if (!replay) return '';
  if (!replay.blocks) return 'no: see the findings of a check';
  return `in memory only, ${replayedInWords(replay.transactions, replay.blocks.count)}; the device was not changed`;
}

function journalInWords(volume: ExtVolume): string {
  if (hasExternalJournal(volume)) return `on the device with UUID ${volume.superblock.journalUuid}`;
  return volume.superblock.journalInode === 0 ? 'none' : `inode ${volume.superblock.journalInode}`;
}
