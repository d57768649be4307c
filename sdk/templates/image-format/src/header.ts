import type { BlockSource } from '@diskwright/sdk/block';
import { ascii, field, struct, u32 } from '@diskwright/sdk/struct';

export const MAGIC = 'EXAMPLEI';

/** Numbers are little-endian; the table of blocks follows. */
export const header = struct('Example image header', 'the specification of your format, with its section', {
  magic: field(ascii(8), 'marks the image', { check: (value) => (value === MAGIC ? null : 'is not that of the format') }),
  blockBytes: field(u32(), 'size of a block', { check: (value) => (value >= 512 ? null : 'is smaller than a sector') }),
  blockCount: field(u32(), 'blocks of the disk'),
});

export type Header = ReturnType<typeof header.read>;

/** The header; null when there is none. */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<Header | null> {
  if (file.size < header.size) return null;
  const bytes = await file.read(0, header.size, signal);
  return header.check(bytes, 0, 0, 'example-name').length === 0 ? header.read(bytes) : null;
}
