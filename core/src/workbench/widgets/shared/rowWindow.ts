/** Which rows of a long list are drawn, and where a key moves to. Pure. */

const SPARE_ROWS = 8;

/** Half-open range of the rows to be drawn, some beyond both ends so that scrolling finds them. */
export function rowWindow(scrollTop: number, height: number, rowHeight: number, count: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - SPARE_ROWS);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + SPARE_ROWS);
  return { first: Math.min(first, Math.max(0, end)), end };
}

/** The scroll position at which a row is in sight, as near as possible to the one now. */
export function scrollToRow(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}

/** The row that a key moves to from `current` (−1 for none); null for keys that move nowhere. */
export function rowForKey(key: string, current: number, count: number, pageRows: number): number | null {
  if (count === 0) return null;
  const clamp = (row: number): number => Math.max(0, Math.min(count - 1, row));
  const page = Math.max(1, pageRows - 1);
  switch (key) {
    case 'ArrowDown':
      return clamp(current + 1);
    case 'ArrowUp':
      return clamp(current - 1);
    case 'PageDown':
      return clamp(current + page);
    case 'PageUp':
      return clamp(current - page);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/**
 * The next row whose label begins with what was typed, after `current` for one character and from `current` on for more; −1 for none. The same
 * character again and again goes through all rows that begin with it.
 */
export function typeAhead(typed: string, labels: (row: number) => string, current: number, count: number): number {
  const repeated = [...typed].every((character) => character === typed[0]);
  const wanted = (repeated ? typed.slice(0, 1) : typed).toLowerCase();
  const start = repeated ? current + 1 : Math.max(0, current);
  for (let step = 0; step < count; step++) {
    const row = (start + step) % count;
    if (labels(row).toLowerCase().startsWith(wanted)) return row;
  }
  return -1;
}
