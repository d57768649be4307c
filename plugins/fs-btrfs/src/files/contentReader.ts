import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { readVerified } from '../checksum/dataChecksums';
import { Compression, decompress } from '../compression/decompress';
import { inlineContentOf } from './content';
import { extentsOfFile, type FileExtent } from './fileExtents';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

/** Extents decompressed last, 128 KiB each as a rule. */
const KEPT_EXTENTS = 32;
/** Compressed bytes that are read at once; btrfs itself makes no extent above 128 KiB. */
const LARGEST_COMPRESSED_BYTES = 4 * 1024 * 1024;

type DiskExtent = Extract<FileExtent, { kind: 'disk' }>;

/** Reads the bytes of files as programs see them: decompressed, verified by their checksums. Keeps the last extents that it decompressed. */
export class ContentReader {
  private readonly extents = new Map<number, Buffer>();

  constructor(private readonly table: InodeTable) {}

  /**
   * @returns exactly `length` bytes, the caller's
   * @throws InvalidInputError for a range behind the end; DamagedStructureError for what cannot be decompressed, or has a wrong checksum; what `read` throws
   */
  async read(record: InodeRecord, offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    if (offset < 0 || length < 0 || offset > record.size - length)
      throw new InvalidInputError(`bytes ${offset} to ${offset + length} are not all in a file of ${record.size} bytes`);
    const { volume } = this.table;
    const { blocks } = await volume.open(signal);
    const root = await this.table.rootOf(record.tree, signal);
    const content = Buffer.alloc(length);
    const end = offset + length;
    for await (const extent of extentsOfFile(blocks, root, record.inode, { start: offset, end }, signal)) {
      const from = Math.max(offset, extent.fileOffset);
      const until = Math.min(end, extent.fileOffset + extent.length);
      if (until <= from) continue;
      const bytes =
        extent.kind === 'inline'
          ? (await inlineContentOf(volume, extent)).subarray(from - extent.fileOffset, until - extent.fileOffset)
          : await this.readDisk(extent, from - extent.fileOffset, until - from, signal);
      bytes.copy(content, from - offset);
    }
    return content;
  }

  /** Bytes of an extent, from `start` of what the file uses of it. */
  private async readDisk(extent: DiskExtent, start: number, length: number, signal: AbortSignal): Promise<Buffer> {
    if (!extent.isWritten) return Buffer.alloc(length);
    const at = extent.skipped + start;
    if (extent.compression !== Compression.NONE) return (await this.decompressed(extent, signal)).subarray(at, at + length);
    const { volume } = this.table;
    const { sectorSize } = volume;
    const first = Math.floor((extent.logical + at) / sectorSize) * sectorSize;
    const end = Math.min(Math.ceil((extent.logical + at + length) / sectorSize) * sectorSize, extent.logical + extent.diskBytes);
    const bytes = await readVerified(volume, first, end - first, signal);
    return bytes.subarray(extent.logical + at - first, extent.logical + at - first + length);
  }

  private async decompressed(extent: DiskExtent, signal: AbortSignal): Promise<Buffer> {
    const { logical, diskBytes, compression, contentBytes } = extent;
    const kept = this.extents.get(logical);
    // Put in again, so that the order of the map is that of use.
    this.extents.delete(logical);
    const isKept = kept !== undefined && kept.length === contentBytes;
    const content = isKept ? kept : await this.decompress(logical, diskBytes, { compression, contentBytes }, signal);
    this.extents.set(logical, content);
    for (const oldest of this.extents.keys()) {
      if (this.extents.size <= KEPT_EXTENTS) break;
      this.extents.delete(oldest);
    }
    return content;
  }

  private async decompress(
    logical: number,
    diskBytes: number,
    form: { compression: number; contentBytes: number },
    signal: AbortSignal,
  ): Promise<Buffer> {
    if (diskBytes > LARGEST_COMPRESSED_BYTES)
      throw new DamagedStructureError('btrfs compressed extent', `a compressed extent of ${diskBytes} bytes cannot be`);
    const { volume } = this.table;
    const { blocks } = await volume.open(signal);
    const bytes = await readVerified(volume, logical, diskBytes, signal);
    const [offset] = blocks.chunks.copiesOf(logical, diskBytes);
    return decompress({ bytes, ...form, place: { offset: offset!, length: diskBytes } }, volume.sectorSize);
  }
}
