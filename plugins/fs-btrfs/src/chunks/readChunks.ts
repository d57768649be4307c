import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { chunkItem, stripe } from '../structures/chunk';
import { SYSTEM_CHUNKS_BYTES, type Superblock } from '../structures/superblock';
import { leavesBetween } from '../trees/leaves';
import { ItemType, KEY_BYTES, keyAt, LARGEST, ObjectId } from '../trees/key';
import type { TreeBlocks } from '../trees/treeBlocks';
import type { TreeRoot } from '../trees/treeBlock';
import type { Chunk, Stripe } from './chunkMap';

/** The chunks that hold the tree of chunks, as the superblock lists them. @throws DamagedStructureError */
export function systemChunks({ systemChunks: bytes, systemChunksBytes }: Superblock): Chunk[] {
  if (systemChunksBytes > SYSTEM_CHUNKS_BYTES)
    throw new DamagedStructureError('btrfs superblock', `its list of system chunks has ${systemChunksBytes} bytes`);
  const chunks: Chunk[] = [];
  for (let at = 0; at + KEY_BYTES + chunkItem.size <= systemChunksBytes;) {
    const { type, offset } = keyAt(bytes, at);
    if (type !== ItemType.CHUNK) break;
    const item = bytes.subarray(at + KEY_BYTES, systemChunksBytes);
    const chunk = parseChunk(offset, item);
    chunks.push(chunk);
    at += KEY_BYTES + chunkItem.size + chunk.stripes.length * stripe.size;
  }
  return chunks;
}

/**
 * All chunks of the tree of chunks.
 * @throws DamagedStructureError when the tree or one of its chunks makes no sense, since then nobody knows where things lie; what `read` throws
 */
export async function readChunks(blocks: TreeBlocks, root: TreeRoot, signal: AbortSignal): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const from = { objectId: ObjectId.FIRST_CHUNK_TREE, type: ItemType.CHUNK, offset: 0 };
  let end = 0;
  for await (const { leaf, first, end: last } of leavesBetween(blocks, root, from, { ...from, offset: LARGEST }, signal)) {
    for (let index = first; index < last; index++) {
      const chunk = parseChunk(leaf.keyAt(index).offset, leaf.itemAt(index));
      if (chunk.logical < end)
        throw new DamagedStructureError('btrfs chunk', `the chunk at logical address ${chunk.logical} overlaps the one before`);
      end = chunk.logical + chunk.length;
      chunks.push(chunk);
    }
  }
  return chunks;
}

function parseChunk(logical: number, item: Buffer): Chunk {
  const value = chunkItem.read(item);
  const length = safeNumber(value.length);
  const stripes: Stripe[] = [];
  for (let index = 0; index < value.stripesCount; index++) {
    const { deviceId, offset } = stripe.read(item, chunkItem.size + index * stripe.size);
    stripes.push({ deviceId: safeNumber(deviceId), offset: safeNumber(offset) });
  }
  const isPlace = ({ offset }: Stripe): boolean => Number.isSafeInteger(offset + length);
  if (!(logical >= 0 && length > 0 && Number.isSafeInteger(logical + length)) || stripes.length === 0 || !stripes.every(isPlace))
    throw new DamagedStructureError('btrfs chunk', `the chunk at logical address ${logical} makes no sense`);
  return { logical, length, flags: Number(value.flags & 0xffffn), stripes };
}
