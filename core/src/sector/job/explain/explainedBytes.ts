import type { ByteRange } from '@diskwright/sdk/protocol';

/**
 * Bytes of a device of which it is to be found out whether each is one that is known to have been there or to have been written
 * there. Byte by byte, since a loss of power may tear any sector.
 */
export class ExplainedBytes {
  private readonly explained: Uint8Array;

  constructor(
    readonly offset: number,
    private readonly found: Buffer,
  ) {
    this.explained = new Uint8Array(found.length);
  }

  get end(): number {
    return this.offset + this.found.length;
  }

  /** Each byte that is the same as in `bytes`, which belong to `offset` of the device, is explained. */
  explain(offset: number, bytes: Buffer): void {
    const { from, to } = this.meeting({ offset, length: bytes.length });
    for (let at = from; at < to; at++) {
      if (this.found[at - this.offset] === bytes[at - offset]) this.explained[at - this.offset] = 1;
    }
  }

  explainZeros(range: ByteRange): void {
    const { from, to } = this.meeting(range);
    for (let at = from; at < to; at++) if (this.found[at - this.offset] === 0) this.explained[at - this.offset] = 1;
  }

  /** Of this range nobody can say what it holds. */
  excuse(range: ByteRange): void {
    const { from, to } = this.meeting(range);
    if (from < to) this.explained.fill(1, from - this.offset, to - this.offset);
  }

  /** The part of a range that lies in these bytes; null when none does. */
  clip(range: ByteRange): ByteRange | null {
    const { from, to } = this.meeting(range);
    return from < to ? { offset: from, length: to - from } : null;
  }

  /** The first byte, as an offset of the device, that nothing explains; null when everything is explained. */
  get unexplained(): number | null {
    const index = this.explained.indexOf(0);
    return index < 0 ? null : this.offset + index;
  }

  private meeting({ offset, length }: ByteRange): { from: number; to: number } {
    return { from: Math.max(offset, this.offset), to: Math.min(offset + length, this.end) };
  }
}
