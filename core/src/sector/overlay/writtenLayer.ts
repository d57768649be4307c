import { FailedError } from '@diskwright/sdk/errors';
import { crc32 } from '@diskwright/sdk/struct';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BytesLayer, type Emit, type Layer, type Resolve } from './layer';
import { RangeMap, ZEROS } from './rangeMap';
import { writeFully } from '../writeFully';

const DATA_FILE = 'written.data';
const INDEX_FILE = 'written.index';
const RECORD_BYTES = 32;
const STORED_ZEROS = 0xffff_ffff_ffff_ffffn;
/** An index of at least this many records is written anew when most of them are obsolete. */
const COMPACT_FROM = 4096;

/**
 * The top of an overlay: what was written to the overlay itself. Bytes are appended to `written.data`, byte ranges of any
 * alignment; a flush appends to `written.index` what came since the last one, after the data is on the medium. So a crash loses
 * what was not flushed, as on a disk, and nothing else. An index record has 32 bytes, little endian: u64 offset, u64 length, u64
 * position in the data (all ones: zeros), u32 number of the record, u32 CRC-32 of what precedes.
 */
export class WrittenLayer implements Layer {
  private map = new RangeMap();
  private data: FileHandle | null = null;
  private index: FileHandle | null = null;
  private dataEnd = 0;
  private records = 0;
  private pending: { offset: number; length: number; position: number }[] = [];
  private flushing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly size: number,
    /** For messages. */
    private readonly path: string,
  ) {}

  /** Reads what an earlier opening has flushed; owns its descriptors until {@link close}. */
  static async open(folder: string, size: number, path: string): Promise<WrittenLayer> {
    const layer = new WrittenLayer(folder, size, path);
    try {
      await layer.load('r');
    } catch (error) {
      await layer.close();
      throw error;
    }
    return layer;
  }

  resolve(offset: number, length: number, below: Resolve, emit: Emit): boolean {
    return new BytesLayer(this.map, this.data?.fd ?? -1).resolve(offset, length, below, emit);
  }

  /** From now on the layer can be written; the caller holds the overlay's exclusive lock. What was torn by a crash is cut off. */
  async enableWriting(): Promise<void> {
    if (this.index) return;
    const readOnly = this.data;
    this.data = null;
    await this.load('r+');
    await readOnly?.close();
  }

  /** Replaces bytes, at any alignment. The buffer must not change until it resolves. */
  async write(offset: number, bytes: Buffer): Promise<void> {
    const position = this.dataEnd;
    this.dataEnd += bytes.length;
    await writeFully(this.dataFile(), bytes, position).catch((error: NodeJS.ErrnoException) => {
      throw this.failure('write', error);
    });
    this.note(offset, bytes.length, position);
  }

  zero(offset: number, length: number): void {
    this.dataFile();
    this.note(offset, length, ZEROS);
  }

  /** Everything that was written before is on the medium when it resolves, and found again after a crash. */
  flush(): Promise<void> {
    const flushed = this.flushing.then(() => this.flushPending());
    this.flushing = flushed.catch(() => undefined);
    return flushed;
  }

  /** Flushes and closes. Idempotent. */
  async close(): Promise<void> {
    const { data, index } = this;
    try {
      if (index) await this.flush();
    } finally {
      this.data = this.index = null;
      await data?.close();
      await index?.close();
    }
  }

  private note(offset: number, length: number, position: number): void {
    this.map.set(offset, length, position);
    this.pending.push({ offset, length, position });
  }

  private async flushPending(): Promise<void> {
    if (this.pending.length === 0) return;
    const batch = this.pending;
    this.pending = [];
    try {
      await this.dataFile().datasync();
      await writeFully(this.index!, encode(batch, this.records), this.records * RECORD_BYTES);
      await this.index!.datasync();
      this.records += batch.length;
    } catch (error) {
      // Kept, so that a flush after room was made succeeds.
      this.pending = [...batch, ...this.pending];
      throw this.failure('flush', error as NodeJS.ErrnoException);
    }
  }

  private async load(flags: 'r' | 'r+'): Promise<void> {
    const writable = flags === 'r+';
    const data = await openFile(join(this.folder, DATA_FILE), writable);
    if (!data) return;
    this.data = data;
    this.dataEnd = (await data.stat()).size;
    const index = await openFile(join(this.folder, INDEX_FILE), writable);
    if (!index) return;
    try {
      this.readRecords(await index.readFile());
      if (!writable) return;
      await index.truncate(this.records * RECORD_BYTES);
    } catch (error) {
      await index.close();
      throw error;
    } finally {
      if (!writable) await index.close();
    }
    this.index = index;
    if (this.records >= COMPACT_FROM && this.records > 2 * this.map.count) await this.compact();
  }

  private readRecords(bytes: Buffer): void {
    this.map = new RangeMap();
    this.records = 0;
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
      const record = bytes.subarray(at, at + RECORD_BYTES);
      if (record.readUInt32LE(24) !== this.records || record.readUInt32LE(28) !== crc32(record.subarray(0, 28))) return;
      const offset = Number(record.readBigUInt64LE(0));
      const length = Number(record.readBigUInt64LE(8));
      const stored = record.readBigUInt64LE(16);
      const position = stored === STORED_ZEROS ? ZEROS : Number(stored);
      const inside =
        offset <= this.size && length <= this.size - offset && (position === ZEROS || position + length <= this.dataEnd);
      if (!inside) return;
      this.map.set(offset, length, position);
      this.records++;
    }
  }

  /** The same ranges in as few records as possible, by way of a new file. */
  private async compact(): Promise<void> {
    const ranges = [...this.map.overlapping(0, this.size)].map(({ start, end, position }) => ({
      offset: start,
      length: end - start,
      position,
    }));
    const path = join(this.folder, INDEX_FILE);
    const replacement = await open(`${path}.new`, 'w+', 0o600);
    try {
      await writeFully(replacement, encode(ranges, 0), 0);
      await replacement.datasync();
      await rename(`${path}.new`, path);
    } catch (error) {
      await replacement.close();
      throw error;
    }
    await this.index?.close();
    this.index = replacement;
    this.records = ranges.length;
  }

  private dataFile(): FileHandle {
    if (!this.data || !this.index) throw new FailedError(`${this.path} is not open for writing`, { device: this.path });
    return this.data;
  }

  private failure(what: string, error: NodeJS.ErrnoException): FailedError {
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    const todo = full ? 'Make room on the disk that holds the data folder.' : undefined;
    return new FailedError(`${this.path}: the overlay's file failed to ${what}: ${error.message}`, { device: this.path, todo });
  }
}

function encode(ranges: readonly { offset: number; length: number; position: number }[], firstNumber: number): Buffer {
  const bytes = Buffer.alloc(ranges.length * RECORD_BYTES);
  ranges.forEach(({ offset, length, position }, i) => {
    const at = i * RECORD_BYTES;
    bytes.writeBigUInt64LE(BigInt(offset), at);
    bytes.writeBigUInt64LE(BigInt(length), at + 8);
    bytes.writeBigUInt64LE(position === ZEROS ? STORED_ZEROS : BigInt(position), at + 16);
    bytes.writeUInt32LE(firstNumber + i, at + 24);
    bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 28)), at + 28);
  });
  return bytes;
}

/** Null when the file does not exist and nothing is to be written. */
async function openFile(path: string, writable: boolean): Promise<FileHandle | null> {
  try {
    return await open(path, writable ? 'r+' : 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return writable ? open(path, 'wx+', 0o600) : null;
  }
}
