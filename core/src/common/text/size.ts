export { parseSize } from '@diskwright/sdk/text';

const BINARY = ['', 'K', 'M', 'G', 'T', 'P'];

/** Bytes for people, powers of 1024 with at most one decimal, none where it is exact: `1.5 GiB`, `16 MiB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let power = 0;
  // Rounded before it is compared, or 1023.9 KiB would be shown as 1024 KiB.
  while (rounded(value) >= 1024 && power < BINARY.length - 1) {
    value /= 1024;
    power++;
  }
  if (power === 0) return `${bytes} B`;
  return `${Number.isInteger(value) || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BINARY[power]}iB`;
}

const rounded = (value: number): number => (value >= 100 ? Math.round(value) : value);

/** As {@link formatSize}, with the exact number where that is another: `96 MiB (100663296 bytes)`. */
export function formatExactSize(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${formatSize(bytes)} (${bytes} bytes)`;
}

/** `1 extent`, `3 extents`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
