const UNITS: readonly (readonly [string, number])[] = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
];

/** Bytes for a sentence: in the unit that fits, with at most one decimal and none where it is exact, and the exact number. */
export function formatBytes(bytes: number): string {
  const unit = UNITS.find(([, size]) => bytes >= size);
  if (!unit) return `${bytes} bytes`;
  const value = bytes / unit[1];
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit[0]} (${bytes} bytes)`;
}
