import { printable } from '../../common/text/printable';

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200d\ufeff]/u;

/** How a table is laid out. */
export interface TableOptions {
  /** Columns aligned to the right. */
  right?: number[];
  /** What each line begins with. */
  indent?: string;
}

/** Rows in columns with two spaces between, under a header unless that is null. Cells are made safe for a terminal. No trailing spaces. */
export function formatTable(header: string[] | null, rows: string[][], { right = [], indent = '' }: TableOptions = {}): string {
  const lines = (header ? [header, ...rows] : rows).map((cells) => cells.map(printable));
  const columns = Math.max(0, ...lines.map((cells) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    lines.reduce((widest, cells) => Math.max(widest, displayWidth(cells[column] ?? '')), 0),
  );
  const line = (cells: string[]): string =>
    indent +
    cells
      .map((cell, column) => {
        const padding = ' '.repeat(widths[column]! - displayWidth(cell));
        return right.includes(column) ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return lines.map(line).join('\n');
}

/** Titles and what they stand for, one pair a line; pairs without a value are left out. */
export function formatPairs(pairs: readonly (readonly [string, string])[]): string {
  return formatTable(
    null,
    pairs.filter(([, value]) => value !== '').map(([title, value]) => [title, value]),
  );
}

/** Columns that a terminal uses for a text: wide East Asian characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}
