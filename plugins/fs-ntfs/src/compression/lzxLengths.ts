import type { BitUnits } from './bitUnits';
import { HuffmanCode } from './huffmanCode';

const PRE_SYMBOLS = 20;
const LENGTHS = 17;

/**
 * Reads the lengths of the codewords `[first, end)`, each as the difference to what it was, in a code of their own.
 * @returns false when they make no sense
 */
export function readLengths(bits: BitUnits, lengths: Uint8Array, first: number, end: number): boolean {
  const pre = HuffmanCode.of(Uint8Array.from({ length: PRE_SYMBOLS }, () => bits.take(4)));
  if (!pre) return false;
  for (let at = first; at < end;) {
    const symbol = pre.decode(bits);
    if (symbol < 0 || bits.isOver) return false;
    if (symbol < LENGTHS) {
      lengths[at] = (lengths[at]! + LENGTHS - symbol) % LENGTHS;
      at++;
      continue;
    }
    let run: number;
    let value = 0;
    if (symbol === 17) run = 4 + bits.take(4);
    else if (symbol === 18) run = 20 + bits.take(5);
    else {
      run = 4 + bits.take(1);
      const difference = pre.decode(bits);
      if (difference < 0 || difference >= LENGTHS) return false;
      value = (lengths[at]! + LENGTHS - difference) % LENGTHS;
    }
    if (at + run > end) return false;
    lengths.fill(value, at, at + run);
    at += run;
  }
  return true;
}
