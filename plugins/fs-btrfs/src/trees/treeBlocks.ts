import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ChunkMap } from '../chunks/chunkMap';
import { isChecksumRight, type Checksummer } from '../checksum/checksummer';
import { u64At } from './key';
import { isMissing } from './orNull';
import { GENERATION_AT, LEVEL_AT, TreeBlock, type BlockPointer } from './treeBlock';

/** Blocks that were read last are kept: this many bytes of them. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** What has to be known to read blocks of trees. */
export interface BlockForm {
  nodeSize: number;
  checksummer: Checksummer;
}

/** Reads blocks of trees by their logical addresses, verified; from another copy where the first one is bad. */
export class TreeBlocks {
  private readonly kept = new Map<number, TreeBlock>();
  private readonly mostKept: number;

  constructor(
    readonly source: BlockSource,
    readonly form: BlockForm,
    readonly chunks: ChunkMap,
  ) {
    this.mostKept = Math.max(64, Math.floor(KEPT_BYTES / form.nodeSize));
  }

  /** A block that is at hand, without waiting. */
  peek({ logical, generation, level }: BlockPointer): TreeBlock | undefined {
    const block = this.kept.get(logical);
    return block && block.generation === generation && block.level === level ? block : undefined;
  }

  /**
   * @throws DamagedStructureError when no copy is what `pointer` leads to; NotSupportedError when it lies on another device; MediaError when all copies are
   *   unreadable
   */
  async read(pointer: BlockPointer, signal: AbortSignal): Promise<TreeBlock> {
    const known = this.peek(pointer);
    if (known) {
      // Put in again, so that the order of the map is that of use.
      this.kept.delete(pointer.logical);
      this.kept.set(pointer.logical, known);
      return known;
    }
    let failure: unknown;
    for (const offset of this.chunks.copiesOf(pointer.logical, this.form.nodeSize)) {
      try {
        return this.keep(pointer.logical, await this.readAt(offset, pointer, signal));
      } catch (error) {
        if (!isMissing(error)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }

  /** One copy of a block. @throws DamagedStructureError when it is not what `pointer` leads to; what `read` throws */
  async readAt(offset: number, pointer: BlockPointer, signal: AbortSignal): Promise<TreeBlock> {
    const { nodeSize, checksummer } = this.form;
    const bytes = await this.readBytes(offset, signal);
    if (!isChecksumRight(checksummer, bytes))
      throw new DamagedStructureError('btrfs tree block', `the checksum of the tree block at ${offset} is wrong`, {
        offset,
        length: nodeSize,
      });
    return new TreeBlock(bytes, pointer, offset);
  }

  /** A block of which nothing is known but where it lies. @throws as {@link read} */
  async readAny(logical: number, signal: AbortSignal): Promise<TreeBlock> {
    let failure: unknown;
    for (const offset of this.chunks.copiesOf(logical, this.form.nodeSize)) {
      try {
        const head = await this.readBytes(offset, signal);
        return await this.read({ logical, level: head[LEVEL_AT]!, generation: u64At(head, GENERATION_AT) }, signal);
      } catch (error) {
        if (!isMissing(error)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }

  /** The bytes of a block, not verified. @throws DamagedStructureError when they are not all on the volume; what `read` throws */
  async readBytes(offset: number, signal: AbortSignal): Promise<Buffer> {
    const { nodeSize } = this.form;
    if (offset <= this.source.size - nodeSize) return this.source.read(offset, nodeSize, signal);
    throw new DamagedStructureError('btrfs tree block', `the tree block at ${offset} lies outside of the volume`);
  }

  private keep(logical: number, block: TreeBlock): TreeBlock {
    this.kept.set(logical, block);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.mostKept) break;
      this.kept.delete(oldest);
    }
    return block;
  }
}
