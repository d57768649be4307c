import type { ByteRange } from '@diskwright/sdk/protocol';

const COLUMNS = String(Number.MAX_SAFE_INTEGER).length;
const GAP = '  ';
const LINE_BYTES = COLUMNS + GAP.length + COLUMNS + 1;

/** What stands above {@link extentLines}. */
export const extentHeading = `${'offset'.padStart(COLUMNS)}${GAP}${'length'.padStart(COLUMNS)}\n`;

/** A line an extent: offset and length in columns. Digits are written into one piece of memory, since there may be millions of extents. */
export function extentLines(extents: readonly ByteRange[]): Buffer {
  const text = Buffer.alloc(extents.length * LINE_BYTES, ' ');
  let end = 0;
  for (const { offset, length } of extents) {
    end += LINE_BYTES;
    text[end - 1] = 0x0a;
    writeDigits(text, end - 1, length);
    writeDigits(text, end - 1 - COLUMNS - GAP.length, offset);
  }
  return text;
}

/** A number's digits, the last of them before `end`. */
function writeDigits(text: Buffer, end: number, value: number): void {
  let rest = value;
  let at = end;
  do {
    const tenth = Math.floor(rest / 10);
    text[--at] = 0x30 + (rest - tenth * 10);
    rest = tenth;
  } while (rest > 0);
}
