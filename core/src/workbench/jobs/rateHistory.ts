/** The rates of a running job, as many as a small graph shows. */
export class RateHistory {
  private readonly samples: number[] = [];

  constructor(readonly capacity = 240) {}

  /** @param bytesPerSecond at the time when it is added */
  add(bytesPerSecond: number): void {
    this.samples.push(bytesPerSecond);
    if (this.samples.length > this.capacity) this.samples.shift();
  }

  get rates(): readonly number[] {
    return this.samples;
  }

  /** Lowest, highest and middle rate; null before the first. */
  summary(): { lowest: number; highest: number; average: number } | null {
    if (this.samples.length === 0) return null;
    const sum = this.samples.reduce((total, rate) => total + rate, 0);
    return { lowest: Math.min(...this.samples), highest: Math.max(...this.samples), average: sum / this.samples.length };
  }
}

/** The top of a graph's scale: 1, 2 or 5 times a power of ten of the fitting unit (KiB, MiB, …), the lowest that holds the rate. */
export function scaleTop(highest: number): number {
  let unit = 1;
  while (unit * 1024 <= highest) unit *= 1024;
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024];
  return (steps.find((step) => step * unit >= highest) ?? 1024) * unit;
}
