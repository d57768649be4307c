/** Bytes; `end` is exclusive. */
interface Span {
  start: number;
  end: number;
}

/** What of `from` … `to` is not taken, ascending. */
export function roomAround(taken: readonly Span[], from: number, to: number): { start: number; size: number }[] {
  const room: { start: number; size: number }[] = [];
  let at = from;
  for (const { start, end } of [...taken].sort((a, b) => a.start - b.start)) {
    const until = Math.min(start, to);
    if (until > at) room.push({ start: at, size: until - at });
    at = Math.max(at, end);
  }
  if (to > at) room.push({ start: at, size: to - at });
  return room;
}
