/// <reference lib="dom" />

/** A range of entropy, drawn alike: by colour and, for whoever does not see that, by how much of the cell is filled. */
export interface Band {
  below: number;
  label: string;
  color: string;
  fill: number;
}
export const BANDS: readonly Band[] = [
  { below: 0.01, label: 'all the same', color: '--dw-chart-gray', fill: 0.25 },
  { below: 4, label: 'tables, sparse data', color: '--dw-chart-blue', fill: 0.5 },
  { below: 7, label: 'text, programs', color: '--dw-chart-green', fill: 0.75 },
  { below: 8.1, label: 'compressed, encrypted', color: '--dw-chart-orange', fill: 1 },
];

export const bandOf = (entropy: number): Band => BANDS.find(({ below }) => entropy < below)!;

export const colorOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

/** How cells of equal size fill a rectangle. */
export interface Grid {
  columns: number;
  /** Of a cell, in pixels of the canvas. */
  width: number;
  height: number;
}

export function gridOf(pieces: number, width: number, height: number): Grid {
  const columns = Math.max(1, Math.min(pieces, Math.ceil(Math.sqrt((pieces * width) / Math.max(1, height)))));
  const rows = Math.max(1, Math.ceil(pieces / columns));
  return { columns, width: width / columns, height: height / rows };
}

export function paintCell(
  context: CanvasRenderingContext2D,
  entropy: number | null,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (entropy === null) {
    context.fillStyle = colorOf('--dw-error');
    context.fillRect(x, y + height / 3, width, height / 3);
    return;
  }
  const { color, fill } = bandOf(entropy);
  context.fillStyle = colorOf(color);
  context.fillRect(x, y + height * (1 - fill), width, height * fill);
}
