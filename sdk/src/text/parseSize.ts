import { InvalidInputError } from '../errors';

const BINARY = ['', 'K', 'M', 'G', 'T', 'P'];

/**
 * A size as people write it: `512`, `4K`, `1.5GiB` (powers of 1024), `20MB` (powers of 1000), `2048s` (sectors of `sectorSize`), `0x1F400`.
 * @param option what it was given for, named in errors: `--at`
 * @returns bytes, a whole number of at most 2^53 − 1
 * @throws InvalidInputError
 */
export function parseSize(text: string, sectorSize: number, option: string): number {
  const match = /^(0x[0-9a-f]+|\d+(?:\.\d+)?)\s*(s|b|([kmgtp])(i?b)?)?$/i.exec(text.trim());
  if (!match) {
    throw new InvalidInputError(`${option} "${text}" is not a size`, {
      todo: 'Write it as 512, 4K, 1.5GiB, 20MB, 2048s (sectors) or 0x1F400.',
    });
  }
  const [, digits, unit, prefix, suffix] = match;
  const power = prefix ? BINARY.indexOf(prefix.toUpperCase()) : 0;
  const base = suffix?.toLowerCase() === 'b' ? 1000 : 1024;
  const factor = unit?.toLowerCase() === 's' ? sectorSize : base ** power;
  const bytes = Number(digits) * factor;
  if (bytes > Number.MAX_SAFE_INTEGER) throw new InvalidInputError(`${option} "${text}" is more than 8 PiB`);
  if (!Number.isInteger(bytes)) throw new InvalidInputError(`${option} "${text}" is not a whole number of bytes`);
  return bytes;
}
