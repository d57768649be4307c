/**
 * A small, fast, reproducible random generator (xorshift128 of Marsaglia, seeded through splitmix32): the same seed and stream give the same
 * values on every machine. Not for secrets.
 */
export class SeededRandom {
  private state: [number, number, number, number];

  /** `stream` separates independent sequences of one seed, such as the cases of a fuzzing run. Both are taken modulo 2^32. */
  constructor(seed: number, stream = 0) {
    let mixed = (seed ^ Math.imul(stream, 0x9e3779b1)) | 0;
    const next = (): number => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let value = mixed ^ (mixed >>> 16);
      value = Math.imul(value, 0x21f0aaad);
      value ^= value >>> 15;
      value = Math.imul(value, 0x735a2d97);
      return value ^ (value >>> 15);
    };
    // A state of all zeros would stay zero for ever.
    this.state = [next(), next(), next(), next() | 1];
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const [first, second, third, fourth] = this.state;
    const shifted = first ^ (first << 11);
    const result = fourth ^ (fourth >>> 19) ^ (shifted ^ (shifted >>> 8));
    this.state = [second, third, fourth, result];
    return result >>> 0;
  }

  /** An integer in `[0, limit)`; `limit` is 1 … 2^53. */
  integer(limit: number): number {
    if (limit <= 0x100000000) return Math.floor((this.next() / 0x100000000) * limit);
    return Math.floor(((this.next() * 0x200000 + (this.next() >>> 11)) / 2 ** 53) * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() / 0x100000000 < probability;
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)]!;
  }

  bytes(length: number): Buffer {
    const result = Buffer.alloc(length);
    // As `next` has it, without a list for each byte: images are filled with millions of them.
    let [first, second, third, fourth] = this.state;
    for (let index = 0; index < length; index++) {
      const shifted = first ^ (first << 11);
      first = second;
      second = third;
      third = fourth;
      fourth = fourth ^ (fourth >>> 19) ^ (shifted ^ (shifted >>> 8));
      result[index] = fourth >>> 24;
    }
    this.state = [first, second, third, fourth];
    return result;
  }
}
