import { LAST_LONG_ENTRY, longNameEntry } from '../structures/longNameEntry';

const UNITS_PER_PIECE = 13;
/** 20 pieces hold 260 units; a name has at most 255. */
const MOST_PIECES = 20;
const DOT = 0x2e;
/** Bytes of `..`. */
const LONGEST_DOTS = 4;
/** Taken once: names are read in a hot loop. */
const [first, second, third, checksumAt] = (['name1', 'name2', 'name3', 'checksum'] as const).map((name) =>
  longNameEntry.range(name),
) as [Place, Place, Place, Place];
const PARTS = [first, second, third];

interface Place {
  offset: number;
  length: number;
}

/** Puts a long name together from the entries that come before its short entry. */
export class LongNameCollector {
  /** UTF-16, little endian. */
  readonly units = Buffer.alloc(MOST_PIECES * UNITS_PER_PIECE * 2);
  private pieces = 0;
  /** Pieces still to come; 0 when the name is whole. */
  private missing = 0;
  private checksum = 0;

  /** Whether pieces were taken that nobody has asked for. */
  get isPending(): boolean {
    return this.pieces > 0;
  }

  /** Takes the piece at `at`. @returns false when it does not go with the ones before, which are then let go, and so is this one unless it begins a name */
  add(bytes: Buffer, at: number): boolean {
    const ordinal = bytes[at]! & ~LAST_LONG_ENTRY;
    const checksum = bytes[at + checksumAt.offset]!;
    let fits = true;
    if ((bytes[at]! & LAST_LONG_ENTRY) !== 0) {
      fits = !this.isPending;
      this.drop();
      if (ordinal === 0 || ordinal > MOST_PIECES) return false;
      this.pieces = this.missing = ordinal;
      this.checksum = checksum;
    } else if (!this.isPending || ordinal !== this.missing || ordinal === 0 || checksum !== this.checksum) {
      this.drop();
      return false;
    }
    let target = (ordinal - 1) * UNITS_PER_PIECE * 2;
    for (const { offset, length } of PARTS) {
      // A call for each few bytes would cost more than to copy them.
      for (let index = at + offset; index < at + offset + length; index++) this.units[target++] = bytes[index]!;
    }
    this.missing = ordinal - 1;
    return fits;
  }

  /**
   * Bytes of the whole name, which `units` begins with until the next piece is taken; 0 where its pieces are not complete or do not belong to the short name
   * with that checksum. What was taken is let go.
   */
  takeLength(checksum: number): number {
    const isWhole = this.isPending && this.missing === 0 && this.checksum === checksum;
    const length = isWhole ? this.length() : 0;
    this.drop();
    return length <= LONGEST_DOTS && isDots(this.units, length) ? 0 : length;
  }

  drop(): void {
    this.pieces = this.missing = 0;
  }

  /** Bytes up to the zero, or of all pieces where the name fills them. */
  private length(): number {
    const end = this.pieces * UNITS_PER_PIECE * 2;
    for (let at = 0; at < end; at += 2) if (this.units[at] === 0 && this.units[at + 1] === 0) return at;
    return end;
  }
}

/** `.` and `..`, which lead elsewhere. */
function isDots(units: Buffer, length: number): boolean {
  for (let at = 0; at < length; at += 2) if (units[at] !== DOT || units[at + 1] !== 0) return false;
  return true;
}
