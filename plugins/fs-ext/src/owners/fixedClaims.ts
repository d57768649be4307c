import type { Geometry } from '../geometry';
import { groupStructures } from '../groupMetadata';
import type { GroupTable } from '../groupTable';
import { multiMountRun } from '../multiMountProblems';
import { groupHead, hasSuperblock, superblockBlock } from '../superblockPlaces';
import type { ExtVolume } from '../volume';
import type { Claim } from '@diskwright/sdk/files';
import type { WantedBlocks } from '@diskwright/sdk/files';

/** What the filesystem keeps by its geometry and descriptors, of the wanted blocks; of inode tables just what is wanted, with the inodes in it. */
export function* fixedClaims(
  volume: ExtVolume,
  groups: GroupTable,
  wanted: WantedBlocks,
  signal: AbortSignal,
): Generator<Claim, void, undefined> {
  const { geometry } = groups;
  const claim = (start: number, blocks: number, name: string): Claim[] =>
    blocks > 0 && wanted.meets(start, blocks) ? [{ kind: 'fixed', inode: 0, logical: 0, start, end: start + blocks, name }] : [];
  if (superblockBlock(geometry, 0) > 0) yield* claim(0, 1, 'boot area');
  for (let group = 0; group < geometry.groupsCount; group++) {
    if (group % 4096 === 0) signal.throwIfAborted();
    yield* headClaims(geometry, group, claim);
    for (const { name, firstBlock, blocks } of groupStructures(groups, group)) {
      if (firstBlock > geometry.blocksCount - blocks) continue;
      if (name === 'inode table') yield* tableClaims(geometry, group, firstBlock, wanted);
      else yield* claim(firstBlock, blocks, `${name} of group ${group}`);
    }
  }
  const multiMount = multiMountRun(volume);
  if (multiMount) yield* claim(multiMount.firstBlock, multiMount.blocks, 'multi-mount protection');
}

function* headClaims(
  geometry: Geometry,
  group: number,
  claim: (start: number, blocks: number, name: string) => Claim[],
): Generator<Claim, void, undefined> {
  const { firstBlock, blocks } = groupHead(geometry, group);
  if (blocks === 0) return;
  const superblocks = hasSuperblock(geometry, group) ? 1 : 0;
  const primary = firstBlock === 0 ? 'boot area and superblock' : 'superblock';
  if (superblocks > 0) yield* claim(firstBlock, 1, group === 0 ? primary : `backup superblock of group ${group}`);
  const isMeta = Math.floor(group / geometry.descriptorsPerBlock) >= geometry.firstMetaGroup;
  const descriptors = isMeta ? blocks - superblocks : Math.min(blocks - superblocks, geometry.descriptorBlocks);
  const which = group === 0 ? 'group descriptors' : `group descriptors in group ${group}`;
  yield* claim(firstBlock + superblocks, descriptors, which);
  yield* claim(firstBlock + superblocks + descriptors, blocks - superblocks - descriptors, 'room for more group descriptors');
}

function* tableClaims(
  geometry: Geometry,
  group: number,
  firstBlock: number,
  wanted: WantedBlocks,
): Generator<Claim, void, undefined> {
  const { inodesPerGroup, inodeSize, inodeTableBlocks, blockSize } = geometry;
  const perBlock = blockSize / inodeSize;
  for (const { start, end } of wanted.meeting({ start: firstBlock, end: firstBlock + inodeTableBlocks })) {
    const first = group * inodesPerGroup + (start - firstBlock) * perBlock + 1;
    const last = Math.min(group * inodesPerGroup + (end - firstBlock) * perBlock, (group + 1) * inodesPerGroup);
    const name = `inode table of group ${group}, inodes ${first} to ${last}`;
    yield { kind: 'fixed', inode: 0, logical: 0, start, end, name };
  }
}
