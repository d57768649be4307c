import { crc32 } from '@diskwright/sdk/struct';
import { BITMAP_END, headerV1 } from '../structures';

/**
 * A volume as Partclone's version 1 kept it, of which the blocks of zeros are not stored. By src/main.c of Partclone, which reads such images, and writes
 * none any more.
 * @param checksumBytes 4, or 8 as it came to be on some machines
 */
export function version1(volume: Buffer, blockBytes: number, checksumBytes: 4 | 8): Buffer {
  const blocks = volume.length / blockBytes;
  const map = Buffer.alloc(blocks);
  const parts: Buffer[] = [];
  let crc = 0xffff_ffff;
  for (let block = 0; block < blocks; block++) {
    const bytes = volume.subarray(block * blockBytes, (block + 1) * blockBytes);
    if (bytes.every((byte) => byte === 0)) continue;
    map[block] = 1;
    crc = ~crc32(Buffer.alloc(blockBytes, bytes[0]), ~crc >>> 0) >>> 0;
    const sum = Buffer.alloc(checksumBytes);
    sum.writeUInt32LE(crc);
    parts.push(bytes, sum);
  }
  const head = headerV1.encode({
    magic: 'partclone-image',
    filesystem: 'EXTFS',
    version: '0001',
    padding: 0,
    blockBytes,
    size: BigInt(volume.length),
    blocks: BigInt(blocks),
    usedBlocks: BigInt(parts.length / 2),
  });
  return Buffer.concat([head, map, Buffer.from(BITMAP_END, 'latin1'), ...parts]);
}
