import { rangesMeet } from '../extents/index';
import type { ByteRange, StructureInstance } from '../protocol/types';

/** Those of the structures that meet a range; all of them where there is none. For providers that do not look at it themselves. */
export function structuresMeeting(
  range: ByteRange | undefined,
  structures: Iterable<StructureInstance> | AsyncIterable<StructureInstance>,
): Iterable<StructureInstance> | AsyncIterable<StructureInstance> {
  return range ? filtered(range, structures) : structures;
}

async function* filtered(
  range: ByteRange,
  structures: Iterable<StructureInstance> | AsyncIterable<StructureInstance>,
): AsyncGenerator<StructureInstance, void, undefined> {
  for await (const structure of structures) if (rangesMeet(structure, range)) yield structure;
}
