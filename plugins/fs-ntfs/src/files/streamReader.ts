import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { decompressLznt1 } from '../compression/lznt1';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import type { DataStream } from './dataStream';
import { readChunk } from './overlayChunks';

/** Units decompressed last, some 64 KiB each. */
const KEPT_UNITS = 32;
/** What a hostile unit may cost; those of Windows have 64 KiB. */
const LARGEST_UNIT_BYTES = 4 * 1024 * 1024;

/** Reads the bytes of a stream as programs see them: decompressed, with zeros where nothing was written. Keeps the last units that it decompressed. */
export class StreamReader {
  private readonly units = new Map<number, Buffer>();

  constructor(
    private readonly table: MasterFileTable,
    readonly stream: DataStream,
  ) {}

  get size(): number {
    return this.stream.overlay?.size ?? this.stream.attribute.size;
  }

  /**
   * @returns exactly `length` bytes, the caller's
   * @throws InvalidInputError for a range behind the end; DamagedStructureError for compressed bytes that make no sense; what `read` throws
   */
  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    if (offset < 0 || length < 0 || offset > this.size - length)
      throw new InvalidInputError(`bytes ${offset} to ${offset + length} are not all in a stream of ${this.size} bytes`);
    const { attribute, overlay } = this.stream;
    if (overlay)
      return this.readUnits(offset, length, overlay.chunkBytes, (unit) =>
        readChunk(this.table, this.stream.record, overlay, unit, signal),
      );
    if (attribute.value) return Buffer.from(attribute.value.subarray(offset, offset + length));
    if (attribute.unitClusters === 0) return this.readPlain(offset, length, signal);
    const unitBytes = attribute.unitClusters * attribute.runs!.clusterBytes;
    if (unitBytes > LARGEST_UNIT_BYTES) throw this.damaged(`is compressed in units of ${unitBytes} bytes`);
    return this.readUnits(offset, length, unitBytes, (unit) => this.readUnit(unit * unitBytes, unitBytes, signal));
  }

  private async readPlain(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    const { runs, initializedSize } = this.stream.attribute;
    const written = Math.min(length, Math.max(0, initializedSize - offset));
    const bytes = written > 0 ? await readPieces(this.table.source, runs!, offset, written, signal) : Buffer.alloc(0);
    return written === length ? bytes : Buffer.concat([bytes, Buffer.alloc(length - written)]);
  }

  /** A unit of a compressed stream: stored as it is when it has all of its clusters, nothing when it has none. */
  private async readUnit(start: number, unitBytes: number, signal: AbortSignal): Promise<Buffer> {
    const { runs, initializedSize } = this.stream.attribute;
    let stored = 0;
    for (const { offset, length } of runs!.pieces(start, unitBytes)) {
      if (offset === null) break;
      stored += length;
    }
    const wanted = Math.min(unitBytes, Math.max(0, initializedSize - start));
    if (stored === 0 || wanted === 0) return Buffer.alloc(unitBytes);
    const bytes = await readPieces(this.table.source, runs!, start, stored, signal);
    const unit = stored === unitBytes ? bytes : decompressLznt1(bytes, unitBytes);
    if (!unit) throw this.damaged(`holds compressed bytes at ${start} that make no sense`);
    return unit.fill(0, wanted);
  }

  private async readUnits(
    offset: number,
    length: number,
    unitBytes: number,
    read: (unit: number) => Promise<Buffer>,
  ): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let at = offset; at < offset + length;) {
      const unit = Math.floor(at / unitBytes);
      const from = at - unit * unitBytes;
      const until = Math.min(unitBytes, offset + length - unit * unitBytes);
      parts.push((await this.unitOf(unit, read)).subarray(from, until));
      at = unit * unitBytes + until;
    }
    return Buffer.concat(parts);
  }

  private async unitOf(unit: number, read: (unit: number) => Promise<Buffer>): Promise<Buffer> {
    const kept = this.units.get(unit);
    if (kept) return kept;
    const bytes = await read(unit);
    this.units.set(unit, bytes);
    for (const oldest of this.units.keys()) {
      if (this.units.size <= KEPT_UNITS) break;
      this.units.delete(oldest);
    }
    return bytes;
  }

  private damaged(what: string): DamagedStructureError {
    return new DamagedStructureError('NTFS compressed stream', `a stream of file record ${this.stream.record} ${what}`);
  }
}
