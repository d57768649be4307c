/** A set of byte values as the native searcher takes it: 32 bytes, bit n of byte n / 8 for the value n. */
export type ByteSet = Uint8Array;

export const BYTE_SET_BYTES = 32;

export function setOf(values: Iterable<number>): ByteSet {
  const set = new Uint8Array(BYTE_SET_BYTES);
  for (const value of values) set[value >> 3]! |= 1 << (value & 7);
  return set;
}

export function rangeOf(first: number, last: number): ByteSet {
  return setOf(Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

export const ANY_BYTE: ByteSet = rangeOf(0, 255);

export function has(set: ByteSet, value: number): boolean {
  return ((set[value >> 3]! >> (value & 7)) & 1) === 1;
}

export function unionOf(...sets: ByteSet[]): ByteSet {
  const all = new Uint8Array(BYTE_SET_BYTES);
  for (const set of sets) for (let index = 0; index < BYTE_SET_BYTES; index++) all[index]! |= set[index]!;
  return all;
}

export function complementOf(set: ByteSet): ByteSet {
  return set.map((bits) => ~bits & 0xff);
}

/** With the other case of each ASCII letter. */
export function withBothCases(set: ByteSet): ByteSet {
  const both = Uint8Array.from(set);
  for (let letter = 0x41; letter <= 0x5a; letter++) {
    const lower = letter + 0x20;
    if (has(set, letter)) both[lower >> 3]! |= 1 << (lower & 7);
    if (has(set, lower)) both[letter >> 3]! |= 1 << (letter & 7);
  }
  return both;
}

/** Sets one after the other, as a sequence is given to the native searcher. */
export function joined(sets: readonly ByteSet[]): Uint8Array {
  return Buffer.concat(sets);
}
