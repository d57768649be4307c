/** A run of equal units of one category. */
export interface MapRun {
  category: string;
  count: number;
}
/** A cell of a drawn map: a range of units, and the category that most of them have. */
export interface MapCell {
  /** Index of its first unit. */
  first: number;
  units: number;
  category: string;
  /** All its units have the category. */
  pure: boolean;
}

/** Puts runs of units into at most `most` cells of equal size. */
export function mapCells(runs: readonly MapRun[], most: number): { cells: MapCell[]; unitsPerCell: number } {
  const total = runs.reduce((sum, { count }) => sum + count, 0);
  const unitsPerCell = Math.max(1, Math.ceil(total / most));
  const cells: MapCell[] = [];
  let within = new Map<string, number>();
  let [first, filled] = [0, 0];
  const close = (): void => {
    if (filled === 0) return;
    const [category, share] = [...within].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
    cells.push({ first, units: filled, category, pure: share === filled });
    first += filled;
    filled = 0;
    within = new Map();
  };
  for (const { category, count } of runs) {
    for (let left = count; left > 0;) {
      const taken = Math.min(left, unitsPerCell - filled);
      within.set(category, (within.get(category) ?? 0) + taken);
      filled += taken;
      left -= taken;
      if (filled === unitsPerCell) close();
    }
  }
  close();
  return { cells, unitsPerCell };
}

/** Units by category. */
export function categoryTotals(runs: readonly MapRun[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { category, count } of runs) totals.set(category, (totals.get(category) ?? 0) + count);
  return totals;
}
