import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { profileName, holdsText } from './chunks/profiles';
import { checksumNames } from './checksum/checksumTypes';
import { featureNames, hasFlag, SuperFlag } from './features';
import { findEntry } from './files/directoryEntries';
import { subvolumesAbove, type Subvolume, type Subvolumes } from './files/subvolumes';
import { nameOf } from '@diskwright/sdk/files';
import { ObjectId } from './trees/key';
import type { BtrfsVolume } from './volume';
import { orNull } from './trees/orNull';

/** Subvolumes that are listed one by one; whoever has more sees their number. */
const MOST_LISTED = 200;

/** What the user is shown of a filesystem. @throws what `read` throws */
export async function describeVolume(volume: BtrfsVolume, subvolumes: Subvolumes, signal: AbortSignal): Promise<FilesystemInfo> {
  const { superblock: value, source, current } = volume;
  const used = safeNumber(value.bytesUsed);
  return {
    type: 'btrfs',
    label: value.label || null,
    uuid: value.filesystemId,
    size: Math.min(volume.size, source.size),
    used: !volume.isOnSeveralDevices && used <= volume.size ? used : null,
    blockSize: volume.sectorSize,
    clean: value.logTree === 0n && current.isSound && !hasFlag(value.flags, SuperFlag.ERROR),
    // One made for sectors of 4096 bytes can be used on smaller ones: `relocate` knows.
    sectorSize: null,
    features: featureNames(value),
    details: [...superblockDetails(volume), ...(await treeDetails(volume, subvolumes, signal))],
  };
}

function superblockDetails(volume: BtrfsVolume): [string, string][] {
  const { superblock: value, nodeSize } = volume;
  const rows: [string, string][] = [
    ['device', `${value.deviceId} of ${value.devicesCount}, UUID ${value.deviceUuid}`],
    ['generation', String(value.generation)],
    ['checksums', checksumNames[value.checksumType] ?? `kind ${value.checksumType}`],
    ['tree block size', String(nodeSize)],
  ];
  if (value.logTree !== 0n) rows.push(['log', 'has synchronised changes that are not in the trees yet']);
  if (hasFlag(value.flags, SuperFlag.SEEDING)) rows.push(['seed', 'a seed device: other filesystems may build on it']);
  if (hasFlag(value.flags, SuperFlag.METADUMP) || hasFlag(value.flags, SuperFlag.METADUMP_2))
    rows.push(['dump', 'an image of metadata alone, made by btrfs-image: its files have no content']);
  return rows;
}

async function treeDetails(volume: BtrfsVolume, subvolumes: Subvolumes, signal: AbortSignal): Promise<[string, string][]> {
  const trees = await orNull(() => volume.open(signal));
  if (!trees) return [];
  const rows: [string, string][] = [];
  const profiles = new Map<string, number>();
  for (const { flags, length } of trees.blocks.chunks.chunks) {
    const name = `${holdsText(flags)}, ${profileName(flags)}`;
    profiles.set(name, (profiles.get(name) ?? 0) + length);
  }
  for (const [name, bytes] of profiles) rows.push([name, `${bytes} bytes`]);
  const all = await orNull(() => subvolumes.all(signal));
  if (!all) return rows;
  const standard = await orNull(() => defaultSubvolume(volume, signal));
  const others = [...all.values()].filter(({ id }) => id !== ObjectId.FS_TREE);
  if (standard !== null && standard !== ObjectId.FS_TREE)
    rows.push(['default subvolume', `${standard}, ${pathOf(all, standard)}`]);
  rows.push(['subvolumes', String(others.length)]);
  for (const subvolume of others.slice(0, MOST_LISTED)) rows.push([`subvolume ${subvolume.id}`, subvolumeText(all, subvolume)]);
  return rows;
}

function subvolumeText(all: ReadonlyMap<number, Subvolume>, { id, isReadOnly, isDeleted, parentUuid }: Subvolume): string {
  const snapshot = parentUuid === null ? '' : ', a snapshot';
  return `${isDeleted ? 'deleted' : pathOf(all, id)}${snapshot}${isReadOnly ? ', read-only' : ''}`;
}

/** By the names of the subvolumes that it hangs in; the directories between them are left out. */
function pathOf(all: ReadonlyMap<number, Subvolume>, id: number): string {
  return `/${subvolumesAbove(all, id)
    .flatMap(({ place }) => (place ? [nameOf(place.name).text] : []))
    .reverse()
    .join('/')}`;
}

/** The subvolume that is mounted when none is asked for. @throws as `TreeBlocks.read` */
async function defaultSubvolume(volume: BtrfsVolume, signal: AbortSignal): Promise<number | null> {
  const { blocks, rootTree } = await volume.open(signal);
  const entry = await findEntry(blocks, rootTree, ObjectId.ROOT_TREE_DIRECTORY, Buffer.from('default'), signal);
  return entry?.isSubvolume ? entry.objectId : null;
}
