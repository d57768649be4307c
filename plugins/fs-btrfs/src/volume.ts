import { SharedResult } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { ChunkMap } from './chunks/chunkMap';
import { readChunks, systemChunks } from './chunks/readChunks';
import type { Checksummer } from './checksum/checksummer';
import { chooseSuperblock, type SuperblockCopy } from './superblocks';
import type { Superblock } from './structures/superblock';
import { ObjectId } from './trees/key';
import { findRoot, requireRoot } from './trees/roots';
import type { TreeRoot } from './trees/treeBlock';
import { TreeBlocks } from './trees/treeBlocks';

const SMALLEST_NODE = 4096;
const LARGEST_NODE = 65536;

/** What is behind the superblock, once the chunks are known. */
export interface OpenTrees {
  blocks: TreeBlocks;
  chunkTree: TreeRoot;
  rootTree: TreeRoot;
}

/** A btrfs volume whose superblock was read; everything else is read on demand. */
export class BtrfsVolume {
  private readonly trees: SharedResult<OpenTrees>;

  private constructor(
    readonly source: BlockSource,
    /** The copy that counts. */
    readonly current: SuperblockCopy,
    /** All copies that the device has room for, ascending. */
    readonly copies: readonly SuperblockCopy[],
    readonly checksummer: Checksummer,
    readonly sectorSize: number,
    readonly nodeSize: number,
  ) {
    this.trees = new SharedResult((signal) => this.openTrees(signal));
  }

  /** @throws DamagedStructureError when there is no superblock, or one that makes no sense; what `read` throws */
  static async read(source: BlockSource, signal: AbortSignal): Promise<BtrfsVolume> {
    const { current, copies, checksummer } = await chooseSuperblock(source, signal);
    const { sectorSize, nodeSize } = current.value;
    const isSize = (value: number): boolean => value >= SMALLEST_NODE && value <= LARGEST_NODE && (value & (value - 1)) === 0;
    if (!isSize(nodeSize) || !isSize(sectorSize))
      throw new DamagedStructureError(
        'btrfs superblock',
        `tree blocks of ${nodeSize} bytes and sectors of ${sectorSize} cannot be`,
        {
          offset: current.offset,
        },
      );
    return new BtrfsVolume(source, current, copies, checksummer, sectorSize, nodeSize);
  }

  get superblock(): Superblock {
    return this.current.value;
  }

  /** Bytes of this device that the filesystem spans. */
  get size(): number {
    return safeNumber(this.superblock.deviceBytes);
  }

  get isOnSeveralDevices(): boolean {
    return this.superblock.devicesCount !== 1n;
  }

  /** @throws DamagedStructureError when the chunks cannot be made out; as `TreeBlocks.read` */
  open(signal: AbortSignal): Promise<OpenTrees> {
    return this.trees.get(signal);
  }

  /** A tree by its number. @throws DamagedStructureError when there is none, or it cannot be read; as `TreeBlocks.read` */
  async tree(id: number, what: string, signal: AbortSignal): Promise<TreeRoot> {
    const { blocks, rootTree } = await this.open(signal);
    return requireRoot(blocks, rootTree, id, what, signal);
  }

  /** A tree that not every filesystem has. @throws as `TreeBlocks.read` */
  async optionalTree(id: number, signal: AbortSignal): Promise<TreeRoot | null> {
    const { blocks, rootTree } = await this.open(signal);
    return findRoot(blocks, rootTree, id, signal);
  }

  private async openTrees(signal: AbortSignal): Promise<OpenTrees> {
    const { superblock: value, source, checksummer, nodeSize } = this;
    const deviceId = safeNumber(value.deviceId);
    const form = { nodeSize, checksummer };
    const system = new TreeBlocks(source, form, new ChunkMap(systemChunks(value), deviceId, source.size));
    const chunkTree: TreeRoot = {
      id: ObjectId.CHUNK_TREE,
      logical: safeNumber(value.chunkTree),
      level: value.chunkTreeLevel,
      generation: safeNumber(value.chunkTreeGeneration),
    };
    const chunks = new ChunkMap(await readChunks(system, chunkTree, signal), deviceId, source.size);
    const rootTree: TreeRoot = {
      id: ObjectId.ROOT_TREE,
      logical: safeNumber(value.rootTree),
      level: value.rootTreeLevel,
      generation: safeNumber(value.generation),
    };
    return { blocks: new TreeBlocks(source, form, chunks), chunkTree, rootTree };
  }
}
