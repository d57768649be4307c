/** A range of sectors that something of the table claims. */
export interface ClaimedRange {
  /** `partition 3`, `the backup GPT`. */
  what: string;
  startLba: number;
  /** First sector behind it; greater than `startLba`. */
  endLba: number;
}

/** Two claims that share sectors. */
export interface Overlap<R extends ClaimedRange> {
  first: R;
  second: R;
  /** First sector that both claim. */
  startLba: number;
  /** First sector behind what both claim. */
  endLba: number;
}

/** Each range that reaches into one before it, paired with the furthest-reaching of those; in order of their starts. O(n log n). */
export function findOverlaps<R extends ClaimedRange>(ranges: readonly R[]): Overlap<R>[] {
  const overlaps: Overlap<R>[] = [];
  let furthest: R | undefined;
  for (const range of [...ranges].sort((a, b) => a.startLba - b.startLba)) {
    if (furthest && range.startLba < furthest.endLba) {
      overlaps.push({
        first: furthest,
        second: range,
        startLba: range.startLba,
        endLba: Math.min(range.endLba, furthest.endLba),
      });
    }
    if (!furthest || range.endLba > furthest.endLba) furthest = range;
  }
  return overlaps;
}
