/** A line of a byte diff: up to 16 bytes from `offset`. */
export interface DiffLine {
  offset: number;
  before: DiffByte[];
  after: DiffByte[];
  changed: boolean;
}
export interface DiffByte {
  /** Two digits; empty where the side has no byte. */
  hex: string;
  changed: boolean;
}
/** Lines that stand for themselves, and runs of lines without a change that are not shown. */
export type DiffRow = DiffLine | { skippedLines: number; offset: number };

const LINE_BYTES = 16;

/**
 * Lays out two runs of bytes beside each other in lines of 16, aligned to multiples of 16 of the device.
 * @param context unchanged lines that are kept before and after a changed one
 */
export function byteDiff(offset: number, before: Uint8Array, after: Uint8Array, context = 1): DiffRow[] {
  const lines = diffLines(offset, before, after);
  const shown = new Set<number>();
  lines.forEach((line, index) => {
    if (!line.changed) return;
    for (let near = index - context; near <= index + context; near++) shown.add(near);
  });
  const rows: DiffRow[] = [];
  for (const [index, line] of lines.entries()) {
    const last = rows.at(-1);
    if (shown.has(index)) rows.push(line);
    else if (last && 'skippedLines' in last) last.skippedLines++;
    else rows.push({ skippedLines: 1, offset: line.offset });
  }
  return rows;
}

/** How many bytes differ, those beyond the end of the shorter run included. */
export function changedBytes(before: Uint8Array, after: Uint8Array): number {
  let count = 0;
  for (let index = 0; index < Math.max(before.length, after.length); index++) if (before[index] !== after[index]) count++;
  return count;
}

function diffLines(offset: number, before: Uint8Array, after: Uint8Array): DiffLine[] {
  const end = offset + Math.max(before.length, after.length);
  const lines: DiffLine[] = [];
  for (let start = offset - (offset % LINE_BYTES); start < end; start += LINE_BYTES) {
    const line: DiffLine = { offset: start, before: [], after: [], changed: false };
    for (let at = start; at < start + LINE_BYTES; at++) {
      const [left, right] = [before[at - offset], after[at - offset]];
      const changed = left !== right;
      line.before.push({ hex: hexOf(left), changed });
      line.after.push({ hex: hexOf(right), changed });
      line.changed ||= changed;
    }
    lines.push(line);
  }
  return lines;
}

const hexOf = (byte: number | undefined): string => (byte === undefined ? '' : byte.toString(16).padStart(2, '0').toUpperCase());
