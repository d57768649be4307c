const BYTES_PER_LINE = 16;

/** A hex dump as `hexdump -C` prints it, taken in pieces: equal lines are folded to `*`, across pieces, too. */
export class HexDump {
  private previous: string | null = null;
  private folded = false;

  /** @param offset of the first byte, shown in front of its line */
  constructor(private offset: number) {}

  /** The lines of the next piece; all pieces but the last are multiples of 16 bytes. */
  *lines(piece: Buffer): Generator<string> {
    for (let at = 0; at < piece.length; at += BYTES_PER_LINE) {
      const bytes = piece.subarray(at, at + BYTES_PER_LINE);
      const key = bytes.toString('latin1');
      const isRepeated = key === this.previous;
      if (!isRepeated) yield line(this.offset, bytes, key);
      else if (!this.folded) yield '*';
      this.folded = isRepeated;
      this.previous = key;
      this.offset += bytes.length;
    }
  }

  /** The line that ends a dump: the offset behind its last byte. */
  end(): string {
    return hexOffset(this.offset);
  }
}

function line(offset: number, bytes: Buffer, characters: string): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const hex = `${digits.slice(0, 8).join(' ').padEnd(23)}  ${digits.slice(8).join(' ').padEnd(23)}`;
  return `${hexOffset(offset)}  ${hex}  |${characters.replace(/[^\x20-\x7e]/g, '.')}|`;
}

const hexOffset = (offset: number): string => offset.toString(16).padStart(8, '0');
