import { InvalidInputError } from '@diskwright/sdk/errors';

const BINARY = ['', 'K', 'M', 'G', 'T', 'P'];

/**
 * A size as people write it: `512`, `4K`, `1.5GiB` (powers of 1024), `20MB` (powers of 1000), `2048s` (sectors of `sectorSize`), `0x1F400`.
 * @returns bytes, a whole number of at most 2^53 − 1
 * @throws InvalidInputError
 */
export function parseSize(text: string, sectorSize: number): number {
  const match = /^(0x[0-9a-f]+|\d+(?:\.\d+)?)\s*(s|b|([kmgtp])(i?b)?)?$/i.exec(text.trim());
  if (!match)
    throw new InvalidInputError(`"${text}" is not a size`, { todo: 'Write it as 512, 4K, 1.5GiB, 20MB or 2048s (sectors).' });
  const [, digits, unit, prefix, suffix] = match;
  const power = prefix ? BINARY.indexOf(prefix.toUpperCase()) : 0;
  const base = suffix?.toLowerCase() === 'b' ? 1000 : 1024;
  const factor = unit?.toLowerCase() === 's' ? sectorSize : base ** power;
  const bytes = Number(digits) * factor;
  if (!Number.isSafeInteger(bytes)) throw new InvalidInputError(`"${text}" is not a whole number of bytes below 8 PiB`);
  return bytes;
}

/** Bytes for people, powers of 1024 with at most one decimal: `1.5 GiB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let power = 0;
  while (value >= 1024 && power < BINARY.length - 1) {
    value /= 1024;
    power++;
  }
  if (power === 0) return `${bytes} B`;
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${BINARY[power]}iB`;
}
