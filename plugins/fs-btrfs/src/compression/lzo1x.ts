/** Distances of the longest kind of match count from here; this one itself is the end of the stream. */
const FAR_DISTANCE = 16384;
const MIDDLE_DISTANCE = 2049;
/** Above this, the first byte of a stream is a run of literals. */
const FIRST_RUN = 17;
/** The last instruction was a run of literals. */
const AFTER_RUN = 4;

/**
 * Decompresses an LZO1X stream (Linux, Documentation/staging/lzo.rst).
 * @returns what it holds, at most `maximumBytes`; null for a stream that is damaged, cut off or holds more
 */
export function decompressLzo1x(input: Buffer, maximumBytes: number): Buffer | null {
  return new Stream(input, Buffer.alloc(maximumBytes)).run();
}

class Stream {
  private at = 0;
  private end = 0;
  /** Literals that the last instruction had behind its match; {@link AFTER_RUN} behind a run of them. */
  private state = 0;

  constructor(
    private readonly input: Buffer,
    private readonly output: Buffer,
  ) {}

  run(): Buffer | null {
    const { input } = this;
    if (input.length > 0 && input[0]! > FIRST_RUN) {
      const count = input[0]! - FIRST_RUN;
      this.at = 1;
      if (!this.copyLiterals(count)) return null;
      this.state = Math.min(count, AFTER_RUN);
    }
    while (this.at < input.length) {
      const instruction = input[this.at++]!;
      if (instruction >= 64) {
        const distance = this.distance(((instruction >> 2) & 7) + 1, 3);
        if (!this.match(distance, (instruction >> 5) + 1, instruction & 3)) return null;
      } else if (instruction >= 16) {
        const isFar = instruction < 32;
        const length = this.length(instruction, isFar ? 7 : 31) + 2;
        if (this.at + 2 > input.length) return null;
        const pair = input.readUInt16LE(this.at);
        this.at += 2;
        const distance = isFar ? FAR_DISTANCE + ((instruction & 8) << 11) + (pair >> 2) : (pair >> 2) + 1;
        if (isFar && distance === FAR_DISTANCE) return this.output.subarray(0, this.end);
        if (!this.match(distance, length, pair & 3)) return null;
      } else if (this.state === 0) {
        if (!this.copyLiterals(this.length(instruction, 15) + 3)) return null;
        this.state = AFTER_RUN;
      } else {
        const isNear = this.state < AFTER_RUN;
        const distance = this.distance((instruction >> 2) + (isNear ? 1 : MIDDLE_DISTANCE), 2);
        if (!this.match(distance, isNear ? 2 : 3, instruction & 3)) return null;
      }
    }
    // Every stream says where it ends.
    return null;
  }

  /** A length: the low bits of an instruction or, where they are zero, bytes behind it. */
  private length(instruction: number, mask: number): number {
    const short = instruction & mask;
    if (short !== 0) return short;
    let length = mask;
    while (this.at < this.input.length && this.input[this.at] === 0) {
      length += 255;
      this.at++;
    }
    return this.at < this.input.length ? length + this.input[this.at++]! : Infinity;
  }

  private distance(low: number, shift: number): number {
    return this.at < this.input.length ? low + (this.input[this.at++]! << shift) : Infinity;
  }

  private copyLiterals(count: number): boolean {
    if (count > this.input.length - this.at || count > this.output.length - this.end) return false;
    this.input.copy(this.output, this.end, this.at, this.at + count);
    this.at += count;
    this.end += count;
    return true;
  }

  /** A match, and the literals behind it. A match may reach into what it writes. */
  private match(distance: number, length: number, literals: number): boolean {
    const { output, end } = this;
    if (distance > end || length > output.length - end) return false;
    if (distance >= length) output.copy(output, end, end - distance, end - distance + length);
    else for (let index = end; index < end + length; index++) output[index] = output[index - distance]!;
    this.end += length;
    this.state = literals;
    return this.copyLiterals(literals);
  }
}
