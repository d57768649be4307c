import { type ClusterClaim, clusterOwners } from '@diskwright/sdk/clusters';
import { BrokenChainError } from '@diskwright/sdk/clusters';
import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import type { ByteRange, NamedRange, Owner } from '@diskwright/sdk/protocol';
import { allocationRuns } from './files/allocationRuns';
import { type Allocation, isDirectory } from './files/entrySet';
import { nodeId, ROOT } from './files/nodes';
import type { ExfatVolume } from './files/volume';
import { walkSets } from './files/walk';
import { BOOT_REGION_SECTORS, type ExfatGeometry } from './geometry';
import type { RootEntries } from './rootEntries';
import type { Survey } from './survey';

/** Whose the bytes are; without a bitmap, everything counts as used. */
export function ownersOf(
  volume: ExfatVolume,
  { root, used }: Survey,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  const { geometry, source } = volume;
  const everything = (): ExtentList =>
    new ExtentListBuilder().add(geometry.dataOffset, geometry.clusterCount * geometry.clusterBytes).build();
  return clusterOwners(
    {
      heap: geometry,
      size: source.size,
      fixed: fixedRanges(geometry),
      used: used?.extents ?? everything(),
      isCoarse: used !== null && used.joinedGap > 0,
      bad: new ExtentListBuilder().build(),
      claims: () => claimsOf(volume, root, signal),
    },
    ranges,
    signal,
  );
}

function fixedRanges({ bytesPerSector, boot, fatBytes }: ExfatGeometry): NamedRange[] {
  const length = BOOT_REGION_SECTORS * bytesPerSector;
  const fats = Array.from({ length: boot.fatCount }, (_, index) => ({
    offset: boot.fatOffset * bytesPerSector + index * fatBytes,
    length: fatBytes,
    name: `FAT ${index + 1}`,
  }));
  return [{ offset: 0, length, name: 'boot region' }, { offset: length, length, name: 'backup boot region' }, ...fats];
}

async function* claimsOf(
  volume: ExfatVolume,
  root: RootEntries,
  signal: AbortSignal,
): AsyncGenerator<ClusterClaim, void, undefined> {
  const structure = (name: string): ClusterClaim['owner'] => ({ kind: 'structure', name });
  if (root.bitmap) yield* claims(volume, root.bitmap, structure('allocation bitmap'), signal);
  if (root.upcase) yield* claims(volume, root.upcase, structure('up-case table'), signal);
  const rootSize = { firstCluster: volume.geometry.rootCluster, size: Infinity, isContiguous: false };
  yield* claims(volume, rootSize, { ...structure('directory /'), node: ROOT.node }, signal);
  for await (const found of walkSets(volume, null, true, signal, { onBroken: () => undefined })) {
    for (const { set, path } of found) {
      const isFolder = isDirectory(set);
      const name = isFolder ? `directory /${path}` : `/${path}`;
      yield* claims(volume, set, { kind: isFolder ? 'structure' : 'file', name, node: nodeId(set) }, signal);
    }
  }
}

/** As far as the allocation makes sense. */
async function* claims(
  volume: ExfatVolume,
  allocation: Allocation,
  owner: ClusterClaim['owner'],
  signal: AbortSignal,
): AsyncGenerator<ClusterClaim, void, undefined> {
  let fileOffset = 0;
  try {
    for await (const run of allocationRuns(volume, allocation, signal)) {
      yield { run, owner, fileOffset };
      fileOffset += run.count * volume.geometry.clusterBytes;
      if (fileOffset > volume.source.size) return;
    }
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error;
  }
}
