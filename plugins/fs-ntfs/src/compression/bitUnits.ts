/** Bits from 16-bit little-endian units, the highest first, as LZX has them; what is behind the end is zeros. */
export class BitUnits {
  private held = 0;
  private count = 0;
  private at = 0;

  constructor(private readonly input: Buffer) {}

  /** Whether more was taken than there is. */
  get isOver(): boolean {
    return this.at - Math.floor(this.count / 16) * 2 > this.input.length + 2;
  }

  /** At most 16 bits, without taking them. */
  peek(bits: number): number {
    if (this.count < bits) this.fill();
    return (this.held >>> (this.count - bits)) & ((1 << bits) - 1);
  }

  skip(bits: number): void {
    this.count -= bits;
    this.held &= (1 << this.count) - 1;
  }

  take(bits: number): number {
    if (bits > 15) return this.take(bits - 8) * 256 + this.take(8);
    const value = this.peek(bits);
    this.skip(bits);
    return value;
  }

  /** Bytes behind the unit that is begun, or behind the next one when none is. */
  alignedBytes(length: number): Buffer {
    if (this.count === 0) this.at += 2;
    // A unit that was only looked at is given back.
    if (this.count > 16) this.at -= 2;
    this.count = 0;
    this.held = 0;
    return this.bytes(length);
  }

  /** Bytes that follow such ones. */
  bytes(length: number): Buffer {
    const taken = this.input.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  private fill(): void {
    const unit = (this.input[this.at] ?? 0) | ((this.input[this.at + 1] ?? 0) << 8);
    this.at += 2;
    this.held = ((this.held & 0x7fff) << 16) | unit;
    this.count += 16;
  }
}
