import { crc32c } from '@diskwright/sdk/struct';
import { FileBytes, type FilePatch, type Mutation } from '@diskwright/sdk/testing';
import { superblock, SUPERBLOCK_BYTES, SUPERBLOCK_OFFSETS } from '../structures/superblock';

const [SUPERBLOCK_AT] = SUPERBLOCK_OFFSETS;
/** Of superblocks and tree blocks, at their beginning; the UUID of the filesystem follows. */
const CHECKSUM_BYTES = 32;
const UUID_BYTES = 16;
const CRC_32C = 0;
const NODE_SIZES = [4096, 8192, 16384, 32768, 65536];

/** The right checksums of the superblock and the tree blocks that were changed, where they are CRC-32C. */
export function mendedBlocks(path: string, { checksums, changed }: Mutation): FilePatch[] {
  if (!checksums) return [];
  const file = new FileBytes(path);
  const read = (offset: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    file.copy(bytes, 0, offset, offset + length);
    return bytes;
  };
  try {
    const first = read(SUPERBLOCK_AT, SUPERBLOCK_BYTES);
    const { nodeSize, checksumType } = superblock.read(first);
    if (checksumType !== CRC_32C || !NODE_SIZES.includes(nodeSize)) return [];
    const blocks = new Map<number, Buffer>();
    for (const { offset } of changed) {
      if (offset === SUPERBLOCK_AT) blocks.set(offset, first);
      const start = offset - (offset % nodeSize);
      const block = read(start, nodeSize);
      if (start > SUPERBLOCK_AT && hasUuidOf(block, first)) blocks.set(start, block);
    }
    return Array.from(blocks, ([offset, block]) => {
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(~crc32c(0xffffffff, block.subarray(CHECKSUM_BYTES)) >>> 0);
      return { file: 0, offset, bytes: sum };
    });
  } finally {
    file.close();
  }
}

/** A tree block bears it: what of content was changed does not. */
function hasUuidOf(block: Buffer, first: Buffer): boolean {
  const own = block.subarray(CHECKSUM_BYTES, CHECKSUM_BYTES + UUID_BYTES);
  return ['filesystemId', 'metadataId'].some((name) => {
    const { offset, length } = superblock.range(name as 'filesystemId' | 'metadataId');
    return own.equals(first.subarray(offset, offset + length));
  });
}
