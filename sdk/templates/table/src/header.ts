import type { BlockSource } from '@diskwright/sdk/block';
import { array, ascii, field, nested, struct, u32 } from '@diskwright/sdk/struct';

export const MAGIC = 'EXAMPLET';

/** Numbers are little-endian, places are sectors; a count of 0 is no partition. */
const entry = struct('Example entry', 'the specification of your table, with its section', {
  startSector: field(u32(), 'first sector'),
  sectorCount: field(u32(), 'sectors; 0 where there is no partition'),
  type: field(u32(), 'what it holds'),
});

/** The whole table, in the first sector. */
export const header = struct('Example partition table', 'the specification of your table, with its section', {
  magic: field(ascii(8), 'marks the table', { check: (value) => (value === MAGIC ? null : 'is not that of the table') }),
  diskId: field(u32(), 'tells this disk from others'),
  entries: field(array(nested(entry), 8), 'the partitions'),
});

export type Header = ReturnType<typeof header.read>;

/** The table; null when there is none. */
export async function readHeader(source: BlockSource, signal: AbortSignal): Promise<Header | null> {
  if (source.size < source.sectorSize) return null;
  const bytes = await source.read(0, header.size, signal);
  return header.check(bytes, 0, 0, 'example-name').length === 0 ? header.read(bytes) : null;
}
