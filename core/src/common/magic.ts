import type { ByteRange, Magic } from '@diskwright/sdk/protocol';

/** Where magic bytes may lie: as far from the start, and from the end (rounded down where they say so), as libblkid looks. */
export const HEAD_BYTES = 4 * 1024 * 1024;
export const TAIL_BYTES = 64 * 1024;

const PAGE_BYTES = 4096;
/** Nearer pieces are read as one: a request costs more than the bytes between. */
const JOINED_BYTES = 32 * 1024;

/** Bytes of a volume or file, from its start. */
export interface Piece {
  offset: number;
  bytes: Buffer;
}

/** What was read of something of `size` bytes. */
export interface Peeked {
  size: number;
  pieces: readonly Piece[];
}

/** What has to be read of a volume or file so that all of these can be told: ascending, in pages of 4096 bytes. */
export function neededRanges(magics: Iterable<Magic>, size: number): ByteRange[] {
  const pages: { start: number; end: number }[] = [];
  for (const { offset, length } of placesOf(magics, size)) {
    const start = Math.floor(offset / PAGE_BYTES) * PAGE_BYTES;
    pages.push({ start, end: Math.min(Math.ceil((offset + length) / PAGE_BYTES) * PAGE_BYTES, size) });
  }
  pages.sort((a, b) => a.start - b.start);
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of pages) {
    const last = joined.at(-1);
    if (last && start <= last.end + JOINED_BYTES) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined.map(({ start, end }) => ({ offset: start, length: end - start }));
}

/** Whether one of the alternatives is there: all of its bytes. What was not read is not there. */
export function matchesMagic(alternatives: Magic[][], peeked: Peeked): boolean {
  return alternatives.some((magics) => magics.every((magic) => isThere(magic, peeked)));
}

function isThere(magic: Magic, { size, pieces }: Peeked): boolean {
  const wanted = Buffer.from(magic.bytes, 'hex');
  const start = startOf(magic, size);
  const piece = pieces.find((one) => start >= one.offset && start + wanted.length <= one.offset + one.bytes.length);
  return piece !== undefined && wanted.compare(piece.bytes, start - piece.offset, start - piece.offset + wanted.length) === 0;
}

/** Where the bytes would lie, as far as they fit. */
function* placesOf(magics: Iterable<Magic>, size: number): Generator<ByteRange> {
  for (const magic of magics) {
    const [start, length] = [startOf(magic, size), magic.bytes.length / 2];
    if (start >= 0 && start + length <= size) yield { offset: start, length };
  }
}

function startOf({ offset, endMultiple = 1 }: Magic, size: number): number {
  return offset < 0 ? size - (size % endMultiple) + offset : offset;
}
