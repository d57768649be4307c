import type { Claim } from './claims';
import { WantedBlocks, type BlockSpan } from './wantedBlocks';

/** A run of blocks with one owner: a claim, free, or in use by nobody that was found. */
export type Piece = { claim: Claim } | { span: BlockSpan; isFree: boolean };

/** The wanted blocks as pieces, ascending, each of them once. Claims reach as far as they do; what is between them is cut to what is wanted. */
export function* inOrder(
  wanted: WantedBlocks,
  fixed: readonly Claim[],
  claims: readonly Claim[],
  free: readonly BlockSpan[],
): Generator<Piece, void, undefined> {
  const sure = [...fixed, ...claims.filter(({ kind }) => kind !== 'rest')].sort((a, b) => a.start - b.start || a.end - b.end);
  const rests = claims.filter(({ kind }) => kind === 'rest');
  yield* fill(wanted, sure, (gap) => fill(WantedBlocks.ofSpans([gap]), restsIn(rests, gap), (inner) => unclaimed(inner, free)));
}

/** The claims on the wanted blocks, and what `between` makes of the gaps. */
function* fill(
  wanted: WantedBlocks,
  claims: readonly Claim[],
  between: (gap: BlockSpan) => Iterable<Piece>,
): Generator<Piece, void, undefined> {
  let next = 0;
  let done = 0;
  for (const { start, end } of wanted.spans()) {
    done = Math.max(done, start);
    for (; next < claims.length && claims[next]!.start < end; next++) {
      const claim = claims[next]!;
      if (claim.end <= start) continue;
      if (claim.start > done) yield* between({ start: done, end: claim.start });
      yield { claim };
      done = Math.max(done, claim.end);
    }
    if (done < end) yield* between({ start: done, end });
  }
}

/** Cut to the gap: what is used of the cluster goes before. */
function restsIn(rests: readonly Claim[], gap: BlockSpan): Claim[] {
  const found: Claim[] = [];
  let done = gap.start;
  for (let index = firstEndingBehind(rests, gap.start); index < rests.length && rests[index]!.start < gap.end; index++) {
    const rest = rests[index]!;
    const start = Math.max(rest.start, done);
    const end = Math.min(rest.end, gap.end);
    if (start >= end) continue;
    found.push({ ...rest, start, end });
    done = end;
  }
  return found;
}

function* unclaimed({ start, end }: BlockSpan, free: readonly BlockSpan[]): Generator<Piece, void, undefined> {
  let done = start;
  for (let index = firstEndingBehind(free, start); index < free.length && free[index]!.start < end; index++) {
    const span = { start: Math.max(free[index]!.start, done), end: Math.min(free[index]!.end, end) };
    if (span.start > done) yield { span: { start: done, end: span.start }, isFree: false };
    yield { span, isFree: true };
    done = span.end;
  }
  if (done < end) yield { span: { start: done, end }, isFree: false };
}

/** Index of the first span that ends behind a block; they are ascending, and about as long as each other where they overlap. */
function firstEndingBehind(spans: readonly BlockSpan[], block: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.end > block) high = middle;
    else low = middle + 1;
  }
  return low;
}
