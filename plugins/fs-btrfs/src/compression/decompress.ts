import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { decompressZstd } from '@diskwright/sdk/compression';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { decompressLzoExtent } from './lzoExtent';

/** How an extent is compressed. */
export const Compression = { NONE: 0, ZLIB: 1, LZO: 2, ZSTD: 3 } as const;
/** btrfs itself makes none above 128 KiB. */
const LARGEST_BYTES = 4 * 1024 * 1024;
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

/** A compressed extent, and where it came from, for what is said of damage. */
export interface CompressedExtent {
  bytes: Buffer;
  compression: number;
  /** Bytes that come out; fewer are filled up with zeros. */
  contentBytes: number;
  place?: { offset: number; length: number };
}

/** What a compressed extent holds. @throws DamagedStructureError when it makes no sense */
export async function decompress(extent: CompressedExtent, sectorSize: number): Promise<Buffer> {
  const { bytes, compression, contentBytes, place } = extent;
  const fail = (problem: string): never => {
    const where = place ? ` at ${place.offset}` : ' in a tree block';
    throw new DamagedStructureError('btrfs compressed extent', `a compressed extent${where} ${problem}`, place);
  };
  if (!(contentBytes >= 0 && contentBytes <= LARGEST_BYTES)) return fail(`would have ${contentBytes} bytes`);
  // What is compressed of the last bytes of a file may go on to the end of their sector.
  const maximum = Math.max(1, Math.ceil(contentBytes / sectorSize)) * sectorSize;
  let content: Buffer | null;
  try {
    if (compression === Compression.LZO) content = decompressLzoExtent(bytes, maximum, sectorSize);
    else if (compression === Compression.ZSTD) content = await decompressZstd(bytes, maximum);
    else content = await inflateAsync(bytes, { maxOutputLength: maximum });
  } catch (error) {
    return fail(`cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!content) return fail('cannot be decompressed');
  if (content.length >= contentBytes) return content.subarray(0, contentBytes);
  return Buffer.concat([content, Buffer.alloc(contentBytes - content.length)]);
}
