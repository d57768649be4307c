import { BrokenChainError, chainRuns, type ClusterClaim, clusterOwners } from '@diskwright/sdk/clusters';
import type { ByteRange, NamedRange, Owner } from '@diskwright/sdk/protocol';
import type { FatScan } from './fatScan';
import { isDirectory } from './files/directoryEntries';
import type { FatVolume } from './files/fatTable';
import { ROOT } from './files/nodes';
import { walkEntries } from './files/walk';
import type { FatGeometry } from './geometry';

/** Whose the bytes are. */
export function ownersOf(
  volume: FatVolume,
  { extents, bad, joinedGap }: FatScan,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  const { geometry, source } = volume;
  const users = {
    heap: geometry,
    size: source.size,
    fixed: fixedRanges(geometry),
    used: extents,
    bad,
    isCoarse: joinedGap > 0,
    claims: () => claimsOf(volume, signal),
  };
  return clusterOwners(users, ranges, signal);
}

function fixedRanges({ fatOffset, fatBytes, fatCount, rootOffset, rootBytes, raw }: FatGeometry): NamedRange[] {
  const fats = Array.from({ length: fatCount }, (_, index) => ({
    offset: fatOffset + index * fatBytes,
    length: fatBytes,
    name: `FAT ${index + 1}`,
  }));
  const boot = { offset: 0, length: raw.length, name: 'boot sector' };
  const root = rootBytes > 0 ? [{ offset: rootOffset, length: rootBytes, name: 'directory /' }] : [];
  return [boot, ...fats, ...root];
}

async function* claimsOf(volume: FatVolume, signal: AbortSignal): AsyncGenerator<ClusterClaim, void, undefined> {
  const { rootCluster } = volume.geometry;
  if (rootCluster !== null)
    yield* claims(volume, rootCluster, { kind: 'structure', name: 'directory /', node: ROOT.node }, signal);
  for await (const found of walkEntries(volume, null, true, signal, { onBroken: () => undefined })) {
    for (const { entry, path } of found) {
      if (entry.firstCluster === 0) continue;
      const isFolder = isDirectory(entry);
      const name = isFolder ? `directory /${path}` : `/${path}`;
      const owner = { kind: isFolder ? 'structure' : 'file', name, node: String(entry.offset) } as const;
      yield* claims(volume, entry.firstCluster, owner, signal);
    }
  }
}

/** As far as the chain makes sense. */
async function* claims(
  { geometry, table, source }: FatVolume,
  firstCluster: number,
  owner: ClusterClaim['owner'],
  signal: AbortSignal,
): AsyncGenerator<ClusterClaim, void, undefined> {
  let fileOffset = 0;
  try {
    for await (const run of chainRuns(table, firstCluster, signal)) {
      yield { run, owner, fileOffset };
      fileOffset += run.count * geometry.clusterBytes;
      // A loop.
      if (fileOffset > source.size) return;
    }
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error;
  }
}
