import type { ByteRange } from '@diskwright/sdk/protocol';
import type { BlockNode } from '../nodes/blockNode';

/** So much data is begun with before it is known where it ends: a server may tell of little at once, and a device may be all data. */
export const ENOUGH_BYTES = 64 * 1024 * 1024;

/** No more is asked about at once: NBD servers tell of 4 GiB in an answer, and the node asks until it knows all. */
const ASKED_BYTES = 2 ** 40;

/** The runs of a range that hold data, ascending; holes and known zeros are left out. Adjacent ones are joined, unless they are long. */
export async function* dataRuns(node: BlockNode, range: ByteRange, signal?: AbortSignal): AsyncGenerator<ByteRange> {
  const end = range.offset + range.length;
  let run: ByteRange | null = null;
  for (let at = range.offset; at < end;) {
    const extents = await node.extents(at, Math.min(ASKED_BYTES, end - at), signal);
    for (const { offset, length, kind } of extents) {
      at = offset + length;
      if (kind !== 'data') continue;
      if (run && run.offset + run.length === offset) run.length += length;
      else {
        if (run) yield run;
        run = { offset, length };
      }
    }
    if (extents.length === 0) break;
    if (run && run.length >= ENOUGH_BYTES) {
      yield run;
      run = null;
    }
  }
  if (run) yield run;
}
