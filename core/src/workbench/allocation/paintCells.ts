import { CELL_PITCH, type CellGrid, cellPlace } from './cellGrid';

/** Colours of the map, as the theme has them. */
export interface CellColours {
  used: string;
  free: string;
  border: string;
  cursor: string;
  background: string;
}

const SIZE = CELL_PITCH - 2;

/** Draws each cell as a box that is filled from below as far as it is used: shares, not the class that prevails. */
export function paintCells(
  context: CanvasRenderingContext2D,
  grid: CellGrid,
  used: Uint8Array,
  colours: CellColours,
  marks: { cursor: number; hovered: number | null },
): void {
  const { width, height } = context.canvas;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.restore();
  for (let cell = 0; cell < used.length; cell++) {
    const { x, y } = cellPlace(grid, cell);
    const value = used[cell]!;
    // Something used is seen as a line at least, and so is something free.
    const filled = value === 0 ? 0 : value === 255 ? SIZE : Math.min(SIZE - 1, Math.max(1, Math.round((value / 255) * SIZE)));
    context.fillStyle = colours.free;
    context.fillRect(x, y, SIZE, SIZE - filled);
    context.fillStyle = colours.used;
    context.fillRect(x, y + SIZE - filled, SIZE, filled);
  }
  if (marks.hovered !== null) outline(context, grid, marks.hovered, colours.border, 2);
  // Set off from cells that are used, whose colour may be near to its own.
  outline(context, grid, marks.cursor, colours.background, 6);
  outline(context, grid, marks.cursor, colours.cursor, 2);
}

function outline(context: CanvasRenderingContext2D, grid: CellGrid, cell: number, colour: string, width: number): void {
  const { x, y } = cellPlace(grid, cell);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(x - 1, y - 1, SIZE + 2, SIZE + 2);
}
