import type { Geometry } from '../geometry';
import { checkBlocks, type MapChild, type MapNode } from './mapNode';
import type { InodeRecord } from './inodeRecord';

const POINTER_BYTES = 4;
const DIRECT_POINTERS = 12;
const LEVELS = 3;

/** The 15 pointers in the inode: 12 to blocks of the file, then one each to an indirect, a double and a triple indirect block. @throws DamagedStructureError */
export function indirectRoot(inode: InodeRecord, geometry: Geometry): MapNode {
  const { block } = inode;
  const node: MapNode = { runs: runsOf(block.subarray(0, DIRECT_POINTERS * POINTER_BYTES), 0, inode, geometry), children: [] };
  let logical = DIRECT_POINTERS;
  for (let depth = 0; depth < LEVELS; depth++) {
    const pointer = block.readUInt32LE((DIRECT_POINTERS + depth) * POINTER_BYTES);
    if (pointer !== 0) node.children.push(childAt(pointer, logical, depth, inode, geometry));
    logical += blocksBelow(geometry, depth);
  }
  return node;
}

/** An indirect block: pointers to blocks of the file (depth 0), or to indirect blocks. @throws DamagedStructureError */
export function parseIndirectBlock(bytes: Buffer, { logical, depth }: MapChild, inode: InodeRecord, geometry: Geometry): MapNode {
  if (depth === 0) return { runs: runsOf(bytes, logical, inode, geometry), children: [] };
  const each = blocksBelow(geometry, depth - 1);
  const children: MapChild[] = [];
  for (let index = 0; index * POINTER_BYTES < bytes.length; index++) {
    const pointer = bytes.readUInt32LE(index * POINTER_BYTES);
    if (pointer !== 0) children.push(childAt(pointer, logical + index * each, depth - 1, inode, geometry));
  }
  return { runs: [], children };
}

/** Blocks of the file that a block of that depth leads to. */
function blocksBelow({ blockSize }: Geometry, depth: number): number {
  return (blockSize / POINTER_BYTES) ** (depth + 1);
}

function childAt(block: number, logical: number, depth: number, inode: InodeRecord, { blocksCount }: Geometry): MapChild {
  checkBlocks(inode, blocksCount, block, 1);
  return { block, logical, depth };
}

/** Pointers to blocks of the file as runs; 0 is a hole. */
function runsOf(pointers: Buffer, firstLogical: number, inode: InodeRecord, { blocksCount }: Geometry): MapNode['runs'] {
  const runs: MapNode['runs'] = [];
  let last: MapNode['runs'][number] | undefined;
  for (let index = 0; index * POINTER_BYTES < pointers.length; index++) {
    const block = pointers.readUInt32LE(index * POINTER_BYTES);
    if (block === 0) continue;
    checkBlocks(inode, blocksCount, block, 1);
    const logical = firstLogical + index;
    if (last && last.block + last.count === block && last.logical + last.count === logical) last.count++;
    else runs.push((last = { kind: 'data', logical, block, count: 1, isUnwritten: false }));
  }
  return runs;
}
