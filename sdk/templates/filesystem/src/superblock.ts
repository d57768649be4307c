import type { BlockSource } from '@diskwright/sdk/block';
import { ascii, field, struct, u32 } from '@diskwright/sdk/struct';

export const MAGIC = 'EXAMPLEF';

/** One description gives the parser, the fields of the sector view, and the encoder of edits. Numbers are little-endian unless told otherwise. */
export const superblock = struct('Example superblock', 'the specification of your format, with its section', {
  magic: field(ascii(8), 'marks the filesystem', { check: (value) => (value === MAGIC ? null : 'is not that of the format') }),
  blockBytes: field(u32(), 'bytes in a block', {
    check: (value) => ([512, 1024, 2048, 4096].includes(value) ? null : 'is no size of a block'),
  }),
  blockCount: field(u32(), 'blocks of the filesystem'),
  usedCount: field(u32(), 'blocks that are in use, from the first one on'),
  mounted: field(u32(), 'whether somebody has it mounted', { meaning: (value) => (value === 0 ? 'no' : 'yes') }),
  label: field(ascii(16), 'what the user called it'),
});

export type Superblock = ReturnType<typeof superblock.read>;

/** The superblock; null when there is none that makes sense. Reads its bytes only. */
export async function readSuperblock(source: BlockSource, signal: AbortSignal): Promise<Superblock | null> {
  if (source.size < superblock.size) return null;
  const bytes = await source.read(0, superblock.size, signal);
  const sound = superblock.check(bytes, 0, 0, 'example-name').length === 0;
  return sound ? superblock.read(bytes) : null;
}
