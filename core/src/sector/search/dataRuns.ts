import type { ByteRange } from '@diskwright/sdk/protocol';
import type { BlockNode } from '../nodes/blockNode';

/** The runs of a range that hold data, ascending, adjacent ones joined; holes and known zeros are left out. */
export async function* dataRuns(node: BlockNode, range: ByteRange, signal?: AbortSignal): AsyncGenerator<ByteRange> {
  const end = range.offset + range.length;
  let run: ByteRange | null = null;
  for (let at = range.offset; at < end;) {
    const extents = await node.extents(at, end - at, signal);
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
  }
  if (run) yield run;
}
