import { RefusedError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, Partition } from '@diskwright/sdk/protocol';
import type { ChangedPartition } from './changedPartitions';

/** A partition whose content goes to another place. */
export type Move = ChangedPartition & { before: Partition; after: Partition; label: string; item: number };

/**
 * The moves in an order in which none overwrites what another has yet to copy.
 * @throws RefusedError naming two that stand in each other's way
 */
export function orderedMoves(changed: readonly ChangedPartition[]): Move[] {
  const left = changed.filter(isMove);
  const ordered: Move[] = [];
  while (left.length > 0) {
    const free = left.findIndex((move) =>
      left.every((other) => other === move || !rangesMeet(place(move.after), place(other.before))),
    );
    if (free < 0) throw circle(left);
    ordered.push(...left.splice(free, 1));
  }
  return ordered;
}

/** Whether a move overwrites where it copies from, so that there is no whole copy of the partition while it goes on. */
export function overwritesItself({ before, after }: Move): boolean {
  return rangesMeet(place(before), place(after));
}

export const place = ({ start, size }: Partition): ByteRange => ({ offset: start, length: size });

/** Whether the content of a partition goes to another place. */
export function isMove(changed: ChangedPartition): changed is Move {
  const { before, after } = changed;
  return before !== null && after !== null && before.role !== 'extended' && before.start !== after.start;
}

function circle(left: readonly Move[]): RefusedError {
  const [move] = left;
  const other = left.find((candidate) => candidate !== move && rangesMeet(place(move!.after), place(candidate.before)))!;
  const [first, second] = [move!.item, other.item].sort((a, b) => a - b);
  return new RefusedError(
    `operations ${first! + 1} and ${second! + 1} stand in each other's way: each would overwrite what the other has yet to move`,
    { item: second, todo: 'move one of the partitions to free space in a plan of its own first' },
  );
}
