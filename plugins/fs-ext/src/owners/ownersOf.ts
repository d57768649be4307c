import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import type { InodeTable } from '../files/inodeTable';
import type { ExtVolume } from '../volume';
import { freeSpans } from './blockUsage';
import { ClaimCollector, type Claim } from './claims';
import { collectClaims } from './claimsOfInodes';
import { fixedClaims } from './fixedClaims';
import { OwnerNames } from './ownerNames';
import { inOrder, type Piece } from './ownerPieces';
import { WantedBlocks, type BlockSpan } from './wantedBlocks';

/**
 * Whose the bytes are, in ascending order and in whole runs. First what lies in fixed places and what is free, by the bitmaps alone; for the rest the inodes
 * in use are gone through once for all of it, those near it first, and no further than until all of it is found. What is more than fits in memory takes
 * another pass.
 * @param ranges ascending and apart
 * @throws what `read` throws, except for bad sectors, which hide only what they hold
 */
export async function* ownersOf(
  volume: ExtVolume,
  table: InodeTable,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  maximumClaims?: number,
): AsyncGenerator<Owner, void, undefined> {
  const { blockSize, blocksCount } = table.geometry;
  let wanted = WantedBlocks.of(ranges, blockSize, blocksCount);
  const names = new OwnerNames(volume, table, signal);
  for (let start = 0; !wanted.isEmpty;) {
    const { pieces, end } = await piecesOf(volume, table, { wanted, start }, signal, maximumClaims);
    yield* names.ownersOf(pieces);
    wanted = wanted.within({ start: end, end: Infinity });
    start = end;
  }
  const size = blocksCount * blockSize;
  const last = ranges.at(-1);
  if (last && last.offset + last.length > size)
    yield { offset: size, length: volume.source.size - size, kind: 'free', name: 'behind the end of the filesystem' };
}

/** The pieces that the wanted blocks fall into, from block `start` up to `end`; what lies across is told in two parts. */
async function piecesOf(
  volume: ExtVolume,
  table: InodeTable,
  { wanted: all, start }: { wanted: WantedBlocks; start: number },
  signal: AbortSignal,
  maximumClaims: number | undefined,
): Promise<{ pieces: Iterable<Piece>; end: number }> {
  const { firstDataBlock, blocksPerGroup } = table.geometry;
  const { free, end: freeEnd } = await freeSpans(table, all, signal);
  const wanted = all.within({ start, end: freeEnd });
  const fixed = [...fixedClaims(volume, table.groups, wanted, signal)];
  const settled = WantedBlocks.ofSpans([...fixed, ...free]);
  const expected = WantedBlocks.ofSpans(without(wanted, settled));
  const collector = new ClaimCollector(wanted, expected, maximumClaims);
  if (!expected.isEmpty) {
    const near = Math.floor((Math.max(expected.start, firstDataBlock) - firstDataBlock) / blocksPerGroup);
    await collectClaims(table, collector, near, volume.superblock.firstInode || 11, signal);
  }
  // The last pass goes to the end of what it found.
  const isLast = collector.end >= all.end;
  const end = isLast ? Infinity : collector.end;
  // The inode that keeps room for growing claims blocks that have their place anyway.
  const fixedBlocks = WantedBlocks.ofSpans(fixed);
  const cut = (claim: Claim): Claim[] => (claim.start < end && claim.end > start ? [cutTo(claim, { start, end })] : []);
  const claims = collector
    .sorted()
    .filter((claim) => !isCovered(claim, fixedBlocks))
    .flatMap(cut);
  return { pieces: inOrder(wanted.within({ start, end }), fixed.flatMap(cut), claims, free), end };
}

function cutTo(claim: Claim, { start, end }: BlockSpan): Claim {
  const skipped = Math.max(0, start - claim.start);
  return { ...claim, start: claim.start + skipped, end: Math.min(claim.end, end), logical: claim.logical + skipped };
}

function isCovered({ start, end }: Claim, by: WantedBlocks): boolean {
  const [first] = by.meeting({ start, end });
  return first?.start === start && first.end === end;
}

/** What is in `a` and not in `b`. */
function* without(a: WantedBlocks, b: WantedBlocks): Generator<BlockSpan, void, undefined> {
  for (const { start, end } of a.spans()) {
    let from = start;
    for (const hidden of b.meeting({ start, end })) {
      if (hidden.start > from) yield { start: from, end: hidden.start };
      from = hidden.end;
    }
    if (from < end) yield { start: from, end };
  }
}
