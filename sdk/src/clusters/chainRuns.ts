import { DamagedStructureError } from '../errors';
import type { ByteRange } from '../protocol/types';
import { isCluster, type ClusterRun } from './clusterHeap';
import type { LinkTable } from './linkTable';

/** How a chain can go wrong. */
export type ChainFault = 'free' | 'bad' | 'outside' | 'loop';

const WORDS: Record<ChainFault, string> = {
  free: 'which is free',
  bad: 'which is marked bad',
  outside: 'which does not exist',
  loop: 'which is before it in the same chain',
};

/** A chain that does not end as one should. */
export class BrokenChainError extends DamagedStructureError {
  constructor(
    readonly fault: ChainFault,
    message: string,
    /** Where the link lies that leads nowhere. */
    place?: ByteRange,
  ) {
    super('chain of clusters', message, place);
  }
}

/**
 * The chain that begins at a cluster, in runs as long as they are. Of a chain that leads back into itself runs may come again before that is noticed, at
 * most three times.
 * @throws BrokenChainError behind the last run that makes sense
 */
export async function* chainRuns(
  table: LinkTable,
  first: number,
  signal: AbortSignal,
): AsyncGenerator<ClusterRun, void, undefined> {
  const { heap, badMark } = table;
  if (!isCluster(heap, first))
    throw new BrokenChainError('outside', `the chain begins at cluster ${first}, which does not exist`);
  // Brent's way to find a loop in constant memory: a mark that moves on after 1, 2, 4 … clusters, and is met again in a loop.
  let mark = first;
  let untilMoved = 1;
  let steps = 0;
  let run: ClusterRun = { cluster: first, count: 1 };
  for (let cluster = first; ;) {
    const next = table.peek(cluster) ?? (await table.load(cluster, signal));
    if (next > badMark) break;
    if (next === mark || !isCluster(heap, next)) {
      yield run;
      const fault = next === mark ? 'loop' : next === badMark ? 'bad' : next === 0 ? 'free' : 'outside';
      throw new BrokenChainError(fault, `cluster ${cluster} leads to cluster ${next}, ${WORDS[fault]}`, table.placeOf(cluster));
    }
    if (++steps === untilMoved) {
      mark = next;
      untilMoved *= 2;
      steps = 0;
    }
    if (next === cluster + 1) run.count++;
    else {
      yield run;
      run = { cluster: next, count: 1 };
    }
    cluster = next;
  }
  yield run;
}
