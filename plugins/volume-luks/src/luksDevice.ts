import { type BlockSource, checkRange } from '@diskwright/sdk/block';
import { MediaError } from '@diskwright/sdk/errors';
import type { ServedExtent, ServedNode } from '@diskwright/sdk/nbd';
import type { SectorCipher } from './cipher/sectorCipher';
import { type DataSegment, SECTOR_BYTES } from './header/luksHeader';

/** What is in the container, decrypted as it is read. */
export class LuksDevice implements ServedNode {
  readonly size: number;

  constructor(
    private readonly member: BlockSource,
    private readonly data: DataSegment,
    private readonly cipher: SectorCipher,
  ) {
    this.size = data.size;
  }

  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    const { sectorBytes, firstVector } = this.data;
    const start = offset - (offset % sectorBytes);
    const end = Math.ceil((offset + length) / sectorBytes) * sectorBytes;
    const encrypted = await this.readEncrypted(start, end - start, signal);
    const plain = this.cipher.decrypt(encrypted, firstVector + start / SECTOR_BYTES);
    return plain.subarray(offset - start, offset - start + length);
  }

  /** Nobody can tell what is in use: what was discarded decrypts to anything. */
  async extents(offset: number, length: number): Promise<ServedExtent[]> {
    checkRange(offset, length, this.size);
    return [{ offset, length, kind: 'data' }];
  }

  private async readEncrypted(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    try {
      return await this.member.read(this.data.offset + offset, length, signal);
    } catch (error) {
      if (!(error instanceof MediaError) || error.detail.offset === undefined) throw error;
      const { offset: place, length: unreadable = 0 } = error.detail;
      // The place on this device.
      throw new MediaError(error.message, { ...error.detail, offset: place - this.data.offset, length: unreadable });
    }
  }
}
