import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, JoinedMap, rawMap, zeroMap } from '@diskwright/sdk/image';

/** Bytes of the disk that are in some file of the folder. */
export interface Piece {
  offset: number;
  length: number;
  source: BlockSource;
  /** Where they begin in it. */
  start: number;
}

/** A disk of pieces, with zeros between. Of those that overlap, the one that comes first in the list is there. */
export function diskOf(pieces: readonly Piece[], size: number): ImageMap {
  let free = [{ offset: 0, length: size }];
  const placed: Piece[] = [];
  for (const piece of pieces) {
    const end = piece.offset + Math.min(piece.length, piece.source.size - piece.start);
    const left: typeof free = [];
    for (const gap of free) {
      const [from, to] = [Math.max(gap.offset, piece.offset), Math.min(gap.offset + gap.length, end)];
      if (from >= to) {
        left.push(gap);
        continue;
      }
      placed.push({ ...piece, offset: from, length: to - from, start: piece.start + from - piece.offset });
      left.push({ offset: gap.offset, length: from - gap.offset }, { offset: to, length: gap.offset + gap.length - to });
    }
    free = left.filter(({ length }) => length > 0);
  }
  const parts = [
    ...placed.map(({ offset, length, source, start }) => ({ at: offset, map: rawMap(source, start, length) })),
    ...free.map(({ offset, length }) => ({ at: offset, map: zeroMap(length) })),
  ];
  return new JoinedMap(parts.sort((a, b) => a.at - b.at).map(({ map }) => map));
}
