import type { ByteRange } from '@diskwright/sdk/protocol';

/** What GNU ddrescue calls a block: `?` not tried, `*` not trimmed, `/` not scraped, `-` bad sectors, `+` finished. */
export type BlockStatus = '?' | '*' | '/' | '-' | '+';

/** A run of a device and what is known of it. */
export interface MapBlock extends ByteRange {
  status: BlockStatus;
}

/** A map file of GNU ddrescue: blocks in order, without gaps. What lies before and behind them was not tried. */
export interface RescueMap {
  blocks: MapBlock[];
}

/** Where reading has failed, whether or not it was narrowed down to sectors. */
export const BAD_STATUSES = '-*/';

/** How many bytes a map file may have, and how many blocks. */
export const MAX_MAP_BYTES = 64 * 1024 * 1024;
export const MAX_MAP_BLOCKS = 1_000_000;

/** The ranges of the blocks with one of these statuses, in order, touching ones joined. */
export function* rangesWith(map: RescueMap, statuses: string): Generator<ByteRange> {
  let run: ByteRange | null = null;
  for (const { offset, length, status } of map.blocks) {
    if (!statuses.includes(status)) continue;
    if (run && run.offset + run.length === offset) run.length += length;
    else {
      if (run) yield run;
      run = { offset, length };
    }
  }
  if (run) yield run;
}
