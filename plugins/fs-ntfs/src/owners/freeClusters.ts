import { readOrNull, type BlockSpan, type WantedBlocks } from '@diskwright/sdk/files';
import { openBitmap, walkClusters } from '../allocation/clusterBitmap';
import type { MasterFileTable } from '../records/masterFileTable';

/** Runs of free clusters in memory. */
const MAX_SPANS = 500_000;
/** A window of the bitmap: runs are whole within one. */
const WINDOW_CLUSTERS = 65_536;

/**
 * Which of the wanted clusters $Bitmap calls free. What it cannot tell of is not free.
 * @returns `end` lies before the last wanted cluster when there are too many runs
 */
export async function freeSpans(
  table: MasterFileTable,
  wanted: WantedBlocks,
  signal: AbortSignal,
): Promise<{ free: BlockSpan[]; end: number }> {
  const free: BlockSpan[] = [];
  const bitmap = await readOrNull(() => openBitmap(table, signal));
  if (!bitmap) return { free, end: wanted.end };
  let next = 0;
  for (const { start, end } of wanted.spans()) {
    const first = Math.max(next, Math.floor(start / WINDOW_CLUSTERS) * WINDOW_CLUSTERS);
    for (let window = first; window < end; window += WINDOW_CLUSTERS) {
      if (free.length >= MAX_SPANS) return { free, end: window };
      const windowEnd = Math.min(window + WINDOW_CLUSTERS, table.volume.totalClusters);
      next = windowEnd;
      let freeFrom = window;
      const add = (until: number): void => {
        if (until > freeFrom && wanted.meets(freeFrom, until - freeFrom)) free.push({ start: freeFrom, end: until });
      };
      const isRead = await readOrNull(() =>
        walkClusters(table, bitmap, { first: window, end: windowEnd }, signal, (used, count) => {
          add(used);
          freeFrom = used + count;
        }),
      );
      if (isRead !== null) add(windowEnd);
    }
  }
  return { free, end: wanted.end };
}
