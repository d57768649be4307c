import { readOrNull, type Claim, type WantedBlocks } from '@diskwright/sdk/files';
import { firstInodeIn, groupLength, inodeOffset } from '../geometry';
import { headerBlocks, readFreeList, readFreeSpaceHeader } from '../groups/groupHeaders';
import { groupTrees } from '../groups/groupTrees';
import { walkTree } from '../groups/groupTree';
import { chunksOf, runsOf } from '../groups/inodeChunks';
import { referenceCounts } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';

/** Of an entry in the tree of shared extents: the blocks wait for copy on write and belong to no file yet. */
const STAGING = 0x80000000;

/** What the filesystem keeps for itself, of the wanted blocks: log, headers, trees, their reserve, inodes. What is damaged is left out. */
export async function* fixedClaims(
  volume: XfsVolume,
  wanted: WantedBlocks,
  signal: AbortSignal,
): AsyncGenerator<Claim, void, undefined> {
  const { geometry } = volume;
  const claims = (start: number, blocks: number, name: string): Claim[] =>
    blocks > 0 && wanted.meets(start, blocks) ? [{ kind: 'fixed', inode: 0, logical: 0, start, end: start + blocks, name }] : [];
  if (geometry.log) yield* claims(geometry.log.firstBlock, geometry.log.blocks, 'log');
  for (const group of groupsMeeting(volume, wanted)) {
    signal.throwIfAborted();
    const first = group * geometry.groupBlocks;
    yield* claims(first, headerBlocks(volume), group === 0 ? 'superblock and headers of group 0' : `headers of group ${group}`);
    const header = await readOrNull(() => readFreeSpaceHeader(volume, group, signal));
    const list = header && (await readOrNull(() => readFreeList(volume, header, signal)));
    for (const block of list ?? [])
      if (block < groupLength(geometry, group)) yield* claims(first + block, 1, `kept for the trees of group ${group}`);
    for (const { kind, root } of (await readOrNull(() => groupTrees(volume, group, signal))) ?? []) {
      const found: Claim[] = [];
      await readOrNull(async () => {
        for await (const { block, level, bytes, headBytes, count } of walkTree(volume, kind, root, signal)) {
          found.push(...claims(block, 1, `tree of ${kind.name} of group ${group}`));
          for (let index = 0; kind === referenceCounts && level === 0 && index < count; index++) {
            const at = headBytes + index * kind.recordBytes;
            const start = bytes.readUInt32BE(at);
            const length = Math.min(bytes.readUInt32BE(at + 4), groupLength(geometry, group) - (start % STAGING));
            if (start >= STAGING) found.push(...claims(first + (start % STAGING), length, 'kept for copy on write'));
          }
        }
      });
      yield* found;
    }
    yield* inodeClaims(volume, group, wanted, signal);
  }
}

/** Groups that hold a wanted block, ascending. */
export function* groupsMeeting(
  { geometry, readableGroups }: XfsVolume,
  wanted: WantedBlocks,
): Generator<number, void, undefined> {
  let next = 0;
  for (const { start, end } of wanted.spans()) {
    next = Math.max(next, Math.floor(start / geometry.groupBlocks));
    for (; next < readableGroups && next * geometry.groupBlocks < end; next++) yield next;
  }
}

/** Blocks of inodes: just what is wanted of them, with the inodes in it. */
async function* inodeClaims(
  volume: XfsVolume,
  group: number,
  wanted: WantedBlocks,
  signal: AbortSignal,
): AsyncGenerator<Claim, void, undefined> {
  const { geometry } = volume;
  const { blockSize, inodeSize, inodesPerBlockLog } = geometry;
  const claims: Claim[] = [];
  // With large blocks, several chunks share one.
  let done = 0;
  await readOrNull(async () => {
    for await (const chunks of chunksOf(volume, group, signal)) {
      for (const chunk of chunks) {
        for (const { first, count } of runsOf(chunk)) {
          const offset = inodeOffset(geometry, chunk.first + first);
          if (offset === null) continue;
          const begin = Math.max(done, Math.floor(offset / blockSize));
          const limit = group * geometry.groupBlocks + groupLength(geometry, group);
          done = Math.max(done, Math.min(Math.ceil((offset + count * inodeSize) / blockSize), limit));
          for (const { start, end } of wanted.meeting({ start: begin, end: Math.max(begin, done) })) {
            const number = firstInodeIn(geometry, start);
            const name = `inodes ${number} to ${number + (end - start) * 2 ** inodesPerBlockLog - 1}`;
            claims.push({ kind: 'fixed', inode: 0, logical: 0, start, end, name });
          }
        }
      }
    }
  });
  yield* claims;
}
