import { DamagedStructureError } from '@diskwright/sdk/errors';
import { crc32c } from '@diskwright/sdk/struct';
import type { Geometry } from '../geometry';
import { extentHeader, extentLeaf, extentMagic, extentMaximumDepth } from '../structures/extentNode';
import { checkBlocks, type ChecksumListener, type MapChild, type MapNode } from './mapNode';
import type { InodeRecord } from './inodeRecord';

const RECORD_BYTES = extentLeaf.size;
/** Longer ones are unwritten, and that much shorter than they say. */
const LONGEST_WRITTEN = 32768;
const FILE_BLOCKS = 2 ** 32;

function damaged(inode: InodeRecord, problem: string): DamagedStructureError {
  return new DamagedStructureError('ext extent tree', `the extent tree of inode ${inode.number} ${problem}`);
}

/** The node in the inode itself. @throws DamagedStructureError */
export function extentRoot(inode: InodeRecord, geometry: Geometry): MapNode {
  return parseNode(inode.block, null, 0, inode, geometry);
}

/** A node in a block of its own; a wrong checksum is told, and the node is used if it makes sense. @throws DamagedStructureError */
export function parseExtentNode(
  bytes: Buffer,
  { block, depth, logical }: MapChild,
  inode: InodeRecord,
  geometry: Geometry,
  onWrongChecksum?: ChecksumListener,
): MapNode {
  if (onWrongChecksum && !isChecksumRight(bytes, inode, geometry)) onWrongChecksum(block);
  return parseNode(bytes, depth, logical, inode, geometry);
}

function parseNode(
  bytes: Buffer,
  expectedDepth: number | null,
  firstLogical: number,
  inode: InodeRecord,
  { blocksCount }: Geometry,
): MapNode {
  // Read without the description's parser: there is one of these in every inode.
  const entries = bytes.readUInt16LE(2);
  const depth = bytes.readUInt16LE(6);
  if (bytes.readUInt16LE(0) !== extentMagic) throw damaged(inode, 'has a node with a wrong magic number');
  if (extentHeader.size + entries * RECORD_BYTES > bytes.length) throw damaged(inode, `has a node of ${entries} records`);
  if (depth > extentMaximumDepth || (expectedDepth !== null && depth !== expectedDepth))
    throw damaged(inode, `has a node of depth ${depth} at another depth`);
  const node: MapNode = { runs: [], children: [] };
  let least = firstLogical;
  for (let index = 0; index < entries; index++) {
    const at = extentHeader.size + index * RECORD_BYTES;
    const logical = bytes.readUInt32LE(at);
    if (logical < least) throw damaged(inode, 'has records out of order');
    if (depth > 0) {
      const block = bytes.readUInt32LE(at + 4) + bytes.readUInt16LE(at + 8) * 2 ** 32;
      checkBlocks(inode, blocksCount, block, 1);
      node.children.push({ logical, block, depth: depth - 1 });
      least = logical + 1;
      continue;
    }
    const length = bytes.readUInt16LE(at + 4);
    const isUnwritten = length > LONGEST_WRITTEN;
    const count = isUnwritten ? length - LONGEST_WRITTEN : length;
    const block = bytes.readUInt32LE(at + 8) + bytes.readUInt16LE(at + 6) * 2 ** 32;
    if (count === 0 || logical + count > FILE_BLOCKS) throw damaged(inode, `has an extent of ${count} blocks at ${logical}`);
    checkBlocks(inode, blocksCount, block, count);
    node.runs.push({ kind: 'data', logical, block, count, isUnwritten });
    least = logical + count;
  }
  return node;
}

/** The checksum stands behind as many records as the node has room for (`ext4_extent_block_csum`). */
function isChecksumRight(bytes: Buffer, inode: InodeRecord, geometry: Geometry): boolean {
  if (geometry.descriptorChecksum !== 'crc32c') return true;
  const tail = extentHeader.size + bytes.readUInt16LE(4) * RECORD_BYTES;
  if (tail > bytes.length - 4) return false;
  return bytes.readUInt32LE(tail) === crc32c(inode.checksumSeed(geometry), bytes.subarray(0, tail));
}
