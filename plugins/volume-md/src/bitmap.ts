import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { bitmapSuperblock, SECTOR_BYTES } from './superblock/structures';

/** A bit for 4 KiB of each of 256 GiB; bitmaps have a few hundred kilobytes. */
const MAX_BITMAP_BYTES = 8 * 1024 * 1024;

/** What a write-intent bitmap says. */
export interface BitmapState {
  chunkBytes: number;
  chunks: number;
  /** Chunks that were being written to. */
  dirty: number;
}

/** @throws DamagedStructureError when there is none, or one that makes no sense */
export async function readBitmap(source: BlockSource, offset: number, signal: AbortSignal): Promise<BitmapState> {
  if (offset < 0 || offset + bitmapSuperblock.size > source.size) throw damaged(offset, 'it would not lie on the device');
  const header = bitmapSuperblock.read(await source.read(offset, bitmapSuperblock.size, signal));
  if (header.magic !== 'bitm') throw damaged(offset, 'it does not begin as one does');
  const { chunkBytes } = header;
  if (chunkBytes < SECTOR_BYTES) throw damaged(offset, `a bit would stand for ${chunkBytes} bytes`);
  const chunks = Math.ceil((safeNumber(header.syncSectors) * SECTOR_BYTES) / chunkBytes);
  const bytes = Math.ceil(chunks / 8);
  const start = offset + bitmapSuperblock.size;
  if (!(bytes <= Math.min(MAX_BITMAP_BYTES, source.size - start))) throw damaged(offset, `it would have ${chunks} bits`);
  const bits = await source.read(start, bytes, signal);
  // What stands behind the last chunk in its byte counts for nothing.
  if (chunks % 8 !== 0) bits[bytes - 1]! &= (1 << (chunks % 8)) - 1;
  return { chunkBytes, chunks, dirty: bits.reduce((sum, byte) => sum + BITS_SET[byte]!, 0) };
}

const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function damaged(offset: number, what: string): DamagedStructureError {
  return new DamagedStructureError('md bitmap', `the write-intent bitmap at byte ${offset} is damaged: ${what}`);
}
