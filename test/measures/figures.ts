/** Figures that the tests print, so that a run shows them even where all is well. */
export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** One line on standard error, past the reporter. */
export function print(what: string, figure: string): void {
  process.stderr.write(`measured: ${what}: ${figure}\n`);
}
