const SPACE = 0x20;

/** Lines of text as bytes in memory that is used again: strings of as many would be joined, flattened and encoded, each a look at every character. */
export class LineBytes {
  private bytes = Buffer.allocUnsafeSlow(256 * 1024);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  /** What was added since it was cleared; valid until more is. */
  get added(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** @param text of ASCII alone @param width characters that it takes at least, spaces in front */
  addAscii(text: string, width = 0): void {
    this.reserve(Math.max(text.length, width));
    const { bytes } = this;
    let at = this.length;
    for (let missing = width - text.length; missing > 0; missing--) bytes[at++] = SPACE;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.length = at;
  }

  addBytes(from: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    const { bytes } = this;
    let at = this.length;
    for (let index = start; index < end; index++) bytes[at++] = from[index]!;
    this.length = at;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow((this.length + count) * 2);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
