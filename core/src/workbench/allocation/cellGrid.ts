/** Pixels of a cell with the gap to the next. */
export const CELL_PITCH = 12;
/** The host answers at most so many cells at once. */
const MOST_CELLS = 65536;

/** How cells are laid out on a canvas: row by row from the top left. */
export interface CellGrid {
  columns: number;
  rows: number;
}

/** As many cells as fit, at least one. */
export function gridFor(width: number, height: number): CellGrid {
  const columns = Math.max(1, Math.floor(width / CELL_PITCH));
  const rows = Math.max(1, Math.floor(height / CELL_PITCH));
  return { columns, rows: Math.max(1, Math.min(rows, Math.floor(MOST_CELLS / columns))) };
}

/** The cell at a point; null beside the cells. */
export function cellAt({ columns }: CellGrid, count: number, x: number, y: number): number | null {
  const column = Math.floor(x / CELL_PITCH);
  if (column < 0 || column >= columns || y < 0) return null;
  const cell = Math.floor(y / CELL_PITCH) * columns + column;
  return cell < count ? cell : null;
}

/** Where a cell is drawn. */
export function cellPlace({ columns }: CellGrid, cell: number): { x: number; y: number } {
  return { x: (cell % columns) * CELL_PITCH, y: Math.floor(cell / columns) * CELL_PITCH };
}
