import type { ByteRange, Owner } from '../../protocol/types';
import { ClaimCollector, type Claim } from './claims';
import type { DirectoryTree, TreeInode } from './directoryTree';
import { OwnerNames } from './ownerNames';
import { inOrder, type Piece } from './ownerPieces';
import { WantedBlocks, type BlockSpan } from './wantedBlocks';

/** What a filesystem knows of the use of the blocks of its volume, numbered from 0 in the order of the volume. */
export interface BlockUse {
  readonly blockSize: number;
  readonly blocksCount: number;
  /** Which of the wanted blocks are free, ascending, in whole runs; `end` lies before the last wanted block when there are too many runs. */
  freeSpans(wanted: WantedBlocks, signal: AbortSignal): Promise<{ free: BlockSpan[]; end: number }>;
  /** What the filesystem keeps for itself, of the wanted blocks. */
  fixedClaims(wanted: WantedBlocks, signal: AbortSignal): Iterable<Claim> | AsyncIterable<Claim>;
  /** Collects what inodes claim of the wanted blocks until `collector.isComplete` or there are no more; those near `nearBlock` first. */
  collectClaims(collector: ClaimCollector, nearBlock: number, signal: AbortSignal): Promise<void>;
}

/** The same of a filesystem in which only directories know the names of files. */
export interface BlockOwners<Inode extends TreeInode> extends BlockUse {
  readonly tree: DirectoryTree<Inode>;
  /** Of the volume, in bytes; what lies behind the last block is told as such. */
  readonly volumeSize: number;
}

/**
 * Whose the bytes are, in ascending order and in whole runs. First what lies in fixed places and what is free; for the rest the inodes
 * in use are gone through once for all of it, those near it first, and no further than until all of it is found. What is more than fits in memory takes
 * another pass.
 * @param ranges ascending and apart
 * @throws what `read` throws, except for bad sectors, which hide only what they hold
 */
export async function* ownersOf<Inode extends TreeInode>(
  blocks: BlockOwners<Inode>,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  maximumClaims?: number,
): AsyncGenerator<Owner, void, undefined> {
  const { blockSize, blocksCount, volumeSize } = blocks;
  const names = new OwnerNames(blocks.tree, blockSize, signal);
  for await (const pieces of usedPieces(blocks, ranges, signal, maximumClaims)) yield* names.ownersOf(pieces);
  const size = blocksCount * blockSize;
  const last = ranges.at(-1);
  if (last && last.offset + last.length > size)
    yield { offset: size, length: volumeSize - size, kind: 'free', name: 'behind the end of the filesystem' };
}

/**
 * Who uses the blocks of the ranges, as {@link ownersOf} finds it, without names: the pieces of each pass, ascending.
 * @throws as {@link ownersOf}
 */
export async function* usedPieces(
  blocks: BlockUse,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  maximumClaims?: number,
): AsyncGenerator<Iterable<Piece>, void, undefined> {
  let wanted = WantedBlocks.of(ranges, blocks.blockSize, blocks.blocksCount);
  for (let start = 0; !wanted.isEmpty;) {
    const { pieces, end } = await piecesOf(blocks, { wanted, start }, signal, maximumClaims);
    yield pieces;
    wanted = wanted.within({ start: end, end: Infinity });
    start = end;
  }
}

/** The pieces that the wanted blocks fall into, from block `start` up to `end`; what lies across is told in two parts. */
async function piecesOf(
  blocks: BlockUse,
  { wanted: all, start }: { wanted: WantedBlocks; start: number },
  signal: AbortSignal,
  maximumClaims: number | undefined,
): Promise<{ pieces: Iterable<Piece>; end: number }> {
  const { free, end: freeEnd } = await blocks.freeSpans(all, signal);
  const wanted = all.within({ start, end: freeEnd });
  const fixed: Claim[] = [];
  for await (const claim of blocks.fixedClaims(wanted, signal)) fixed.push(claim);
  const settled = WantedBlocks.ofSpans([...fixed, ...free]);
  const expected = WantedBlocks.ofSpans(without(wanted, settled));
  const collector = new ClaimCollector(wanted, expected, maximumClaims);
  if (!expected.isEmpty) await blocks.collectClaims(collector, expected.start, signal);
  // The last pass goes to the end of what it found.
  const isLast = collector.end >= all.end;
  const end = isLast ? Infinity : collector.end;
  // An inode may claim blocks that have their place anyway, as ext's room for growing does.
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
