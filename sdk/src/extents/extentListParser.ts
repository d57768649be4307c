import { InvalidInputError } from '../errors';

export const EXTENT_LIST_MAGIC = 'DWEXTS01';
export const HEADER_BYTES = 16;
export const RECORD_BYTES = 16;
const TWO_POW_32 = 0x1_0000_0000;

/**
 * Reads the blob of an extent list as it comes, in pieces of any length, checking everything: magic, count against length, order, overflow. It keeps no
 * piece, so that a list of any length takes no memory.
 */
export class ExtentListParser {
  /** Extents so far. */
  count = 0;
  /** Bytes covered by them. */
  covered = 0;
  private bytes = 0;
  private announced = -1;
  private previousEnd = -1;
  /** The beginning of a record, or of the header, whose end is yet to come. */
  private rest: Buffer = Buffer.alloc(0);

  /** @param onExtent called for each extent, in their order */
  constructor(private readonly onExtent: (offset: number, length: number) => void = () => undefined) {}

  /** @throws InvalidInputError saying which record is wrong */
  take(piece: Buffer): void {
    this.bytes += piece.length;
    let at = 0;
    if (this.rest.length > 0) {
      const missing = RECORD_BYTES - this.rest.length;
      this.rest = Buffer.concat([this.rest, piece.subarray(0, missing)]);
      if (this.rest.length < RECORD_BYTES) return;
      this.takeUnit(this.rest, 0);
      at = missing;
    }
    for (; at + RECORD_BYTES <= piece.length; at += RECORD_BYTES) this.takeUnit(piece, at);
    this.rest = Buffer.from(piece.subarray(at));
  }

  /** To be called when all pieces were taken. @throws InvalidInputError when the list is not whole */
  end(): void {
    if (this.announced < 0) throw new InvalidInputError('not an extent list: wrong magic bytes');
    if (this.rest.length > 0 || this.count !== this.announced) {
      throw new InvalidInputError(
        `extent list of ${this.bytes} bytes does not hold the ${this.announced} extents that its header says`,
      );
    }
  }

  /** The header is as long as a record. */
  private takeUnit(bytes: Buffer, at: number): void {
    if (this.announced < 0) {
      if (bytes.toString('latin1', at, at + 8) !== EXTENT_LIST_MAGIC)
        throw new InvalidInputError('not an extent list: wrong magic bytes');
      this.announced = Number(bytes.readBigUInt64LE(at + 8));
      return;
    }
    const offset = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * TWO_POW_32;
    const length = bytes.readUInt32LE(at + 8) + bytes.readUInt32LE(at + 12) * TWO_POW_32;
    const end = offset + length;
    if (length === 0 || offset <= this.previousEnd || end > Number.MAX_SAFE_INTEGER) {
      throw new InvalidInputError(
        `extent ${this.count} (offset ${offset}, length ${length}) is empty, out of order or beyond 2^53 − 1`,
      );
    }
    this.previousEnd = end;
    this.covered += length;
    this.count++;
    this.onExtent(offset, length);
  }
}
