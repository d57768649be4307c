import { ExtentList, intersect } from '../extents/index';
import type { ByteRange, NamedRange, Owner } from '../protocol/types';
import { rangeOfClusters, type ClusterHeap, type ClusterRun } from './clusterHeap';

/** Claims in memory: some 25 MB. */
const MOST_CLAIMS = 200_000;

/** A run of clusters that somebody has. */
export interface ClusterClaim {
  run: ClusterRun;
  owner: Pick<Owner, 'kind' | 'name' | 'node' | 'rawName'>;
  /** Where in the file the run begins. */
  fileOffset: number;
}

/** Who uses a volume. */
export interface ClusterUsers {
  heap: ClusterHeap;
  /** Size of the volume. */
  size: number;
  /** What lies before the first cluster, ascending. */
  fixed: readonly NamedRange[];
  /** The clusters that are in use, in bytes from the volume's start. What lies before the first cluster may be among them. */
  used: ExtentList;
  /** Whether free clusters may be among those in use, in gaps that are not told apart. */
  isCoarse?: boolean;
  /** The clusters that are marked bad; none of them in use. */
  bad: ExtentList;
  /** Every run of every file and directory. Is asked again when there are more claims than memory holds. */
  claims(signal: AbortSignal): AsyncIterable<ClusterClaim>;
}

interface Claim extends ByteRange {
  claim: ClusterClaim;
}

/**
 * Whose the bytes are, for `ownersOf` of a filesystem that knows the way from file to cluster only: all files are gone through until every cluster in
 * question has its owner. Who claims the same cluster is told beside the other.
 * @param ranges ascending, apart, and inside of the volume
 */
export async function* clusterOwners(
  users: ClusterUsers,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  mostClaims = MOST_CLAIMS,
): AsyncGenerator<Owner, void, undefined> {
  const { dataOffset, clusterBytes, clusterCount } = users.heap;
  const dataEnd = dataOffset + clusterCount * clusterBytes;
  const all = ExtentList.fromRanges(ranges);
  yield* fixedOwners(users.fixed, dataOffset, all);
  for (let start = dataOffset; start < dataEnd;) {
    const wanted = ExtentList.fromRanges(all.within({ offset: start, length: dataEnd - start }));
    if (wanted.count === 0) break;
    const { claims, end } = await collectClaims(users, start, wanted, signal, mostClaims);
    yield* inOrder(all.within({ offset: start, length: Math.min(end, dataEnd) - start }), claims, (gap) => unclaimed(gap, users));
    start = end;
  }
  for (const gap of all.within({ offset: dataEnd, length: Math.max(0, users.size - dataEnd) }))
    yield { ...gap, kind: 'free', name: 'behind the last cluster' };
}

/** The claims on what is wanted, ascending, as many as fit; `end` is up to where they are all there. */
async function collectClaims(
  { heap, used, claims }: ClusterUsers,
  start: number,
  wanted: ExtentList,
  signal: AbortSignal,
  mostClaims: number,
): Promise<{ claims: Claim[]; end: number }> {
  let kept: Claim[] = [];
  let end = Infinity;
  const expected = intersect(used, wanted);
  let missing = expected.covered;
  if (missing === 0) return { claims: kept, end };
  for await (const claim of claims(signal)) {
    const range = rangeOfClusters(heap, claim.run);
    if (range.offset >= end || !wanted.meets(range)) continue;
    kept.push(cutBefore(start, { ...range, claim }));
    for (const part of expected.within(range)) missing -= part.length;
    if (kept.length >= 2 * mostClaims) {
      const sorted = kept.sort(byOffset);
      // A cluster that very many claim stays whole: the next pass must come forward.
      end = Math.max(sorted[mostClaims]!.offset, sorted[0]!.offset + heap.clusterBytes);
      kept = sorted.filter(({ offset }) => offset < end).slice(0, mostClaims);
    }
    if (missing > 0) continue;
    // What is claimed twice counts once.
    const claimed = ExtentList.fromRanges(kept.map(({ offset, length }) => ({ offset, length })));
    missing = expected.covered - intersect(expected, claimed).covered;
    if (missing <= 0) break;
  }
  return { claims: kept.sort(byOffset), end };
}

/** What the pass before has told of it already is left out. */
function cutBefore(start: number, { offset, length, claim }: Claim): Claim {
  const cut = Math.max(0, start - offset);
  return { offset: offset + cut, length: length - cut, claim: { ...claim, fileOffset: claim.fileOffset + cut } };
}

const byOffset = (a: ByteRange, b: ByteRange): number => a.offset - b.offset || a.length - b.length;

/** The claims that meet the ranges, each once, and what `between` tells of the rest. */
function* inOrder(
  ranges: Iterable<ByteRange>,
  claims: readonly Claim[],
  between: (gap: ByteRange) => Iterable<Owner>,
): Generator<Owner, void, undefined> {
  let next = 0;
  let done = 0;
  for (const { offset, length } of ranges) {
    const end = offset + length;
    done = Math.max(done, offset);
    for (; next < claims.length && claims[next]!.offset < end; next++) {
      const { claim, ...place } = claims[next]!;
      if (place.offset + place.length <= offset) continue;
      if (place.offset > done) yield* between({ offset: done, length: place.offset - done });
      yield { ...place, ...claim.owner, fileOffset: claim.fileOffset };
      done = Math.max(done, place.offset + place.length);
    }
    if (done < end) yield* between({ offset: done, length: end - done });
    done = Math.max(done, end);
  }
}

function* unclaimed(gap: ByteRange, { used, bad, isCoarse }: ClusterUsers): Generator<Owner, void, undefined> {
  const lost = [...used.within(gap)].map((range): Owner => ({
    ...range,
    kind: 'structure',
    name: isCoarse ? 'clusters in use that no file has, and free ones between them' : 'clusters in use that no file has',
  }));
  const marked = [...bad.within(gap)].map((range): Owner => ({ ...range, kind: 'structure', name: 'clusters marked bad' }));
  let done = gap.offset;
  const free = (end: number): Owner[] =>
    end > done ? [{ offset: done, length: end - done, kind: 'free', name: 'free clusters' }] : [];
  for (const owner of [...lost, ...marked].sort(byOffset)) {
    yield* free(owner.offset);
    yield owner;
    done = owner.offset + owner.length;
  }
  yield* free(gap.offset + gap.length);
}

/** What is before the first cluster; between the structures nothing is kept. */
function* fixedOwners(fixed: readonly NamedRange[], dataOffset: number, all: ExtentList): Generator<Owner, void, undefined> {
  for (const wanted of all.within({ offset: 0, length: dataOffset })) {
    let done = wanted.offset;
    const end = wanted.offset + wanted.length;
    for (const { offset, length, name } of fixed) {
      if (offset + length <= done || offset >= end) continue;
      if (offset > done) yield { offset: done, length: offset - done, kind: 'structure', name: 'reserved area' };
      yield { offset, length, kind: 'structure', name };
      done = offset + length;
    }
    if (done < end) yield { offset: done, length: end - done, kind: 'structure', name: 'reserved area' };
  }
}
