import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { ItemType, ObjectId } from '../trees/key';
import { findFloor, leavesBetween } from '../trees/leaves';
import type { TreeRoot } from '../trees/treeBlock';
import type { BtrfsVolume } from '../volume';

/** Checksums of the sectors of a range of logical addresses, as far as there are any. */
interface DataChecksums {
  /** Null for a sector that has none: its file was made without, or it was never written. */
  of(logical: number): Buffer | null;
}

/**
 * The checksums of a range of data.
 * @param tree of checksums
 * @throws as `TreeBlocks.read`
 */
async function checksumsOf(
  volume: BtrfsVolume,
  tree: TreeRoot,
  logical: number,
  length: number,
  signal: AbortSignal,
): Promise<DataChecksums> {
  const { blocks } = await volume.open(signal);
  const { sectorSize, checksummer } = volume;
  const key = { objectId: ObjectId.EXTENT_CSUM, type: ItemType.EXTENT_CSUM, offset: logical };
  const before = await findFloor(blocks, tree, key, signal);
  const first = before?.leaf.keyAt(before.index);
  const from = first?.objectId === key.objectId && first.type === key.type ? { ...key, offset: first.offset } : key;
  const runs: { start: number; bytes: Buffer }[] = [];
  for await (const { leaf, first: start, end } of leavesBetween(
    blocks,
    tree,
    from,
    { ...key, offset: logical + length - 1 },
    signal,
  ))
    for (let index = start; index < end; index++) runs.push({ start: leaf.keyAt(index).offset, bytes: leaf.itemAt(index) });
  return {
    of: (address) => {
      for (const { start, bytes } of runs) {
        const at = ((address - start) / sectorSize) * checksummer.size;
        if (at >= 0 && at + checksummer.size <= bytes.length) return bytes.subarray(at, at + checksummer.size);
      }
      return null;
    },
  };
}

/**
 * Bytes of data, verified by their checksums where they have some; from the other copy where the first one is bad.
 * @param length at most what fits into memory; both whole sectors, and within a chunk
 * @throws DamagedStructureError when the checksums of all copies are wrong; MediaError; as `ChunkMap.copiesOf`
 */
export async function readVerified(volume: BtrfsVolume, logical: number, length: number, signal: AbortSignal): Promise<Buffer> {
  const { blocks } = await volume.open(signal);
  const { source, sectorSize, checksummer } = volume;
  const tree = await volume.optionalTree(ObjectId.CSUM_TREE, signal);
  const checksums = tree && (await checksumsOf(volume, tree, logical, length, signal));
  let failure: unknown;
  for (const offset of blocks.chunks.copiesOf(logical, length)) {
    if (offset > source.size - length)
      throw new DamagedStructureError('btrfs extent', `the extent at ${offset} lies outside of the volume`);
    try {
      const bytes = await source.read(offset, length, signal);
      const wrong = checksums ? firstWrong(bytes, (at) => checksums.of(logical + at), sectorSize, checksummer.of) : null;
      if (wrong === null) return bytes;
      failure ??= new DamagedStructureError('btrfs extent', `the checksum of the data at ${offset + wrong} is wrong`, {
        offset: offset + wrong,
        length: sectorSize,
      });
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function firstWrong(
  bytes: Buffer,
  expected: (at: number) => Buffer | null,
  sectorSize: number,
  of: (data: Uint8Array) => Uint8Array,
): number | null {
  for (let at = 0; at + sectorSize <= bytes.length; at += sectorSize) {
    const checksum = expected(at);
    if (checksum && !checksum.equals(of(bytes.subarray(at, at + sectorSize)))) return at;
  }
  return null;
}
