import { DamagedStructureError } from '@diskwright/sdk/errors';
import { attributeBlock, remoteBlock } from '../structures/directoryBlock';
import type { XfsVolume } from '../volume';
import { mapFork, type MappedRun } from './forkMap';
import type { Fork, InodeRecord } from './inodeRecord';

/** A value has at most 64 KiB. */
const LARGEST_VALUE = 65536;
const REMOTE_MAGIC = 0x5841524d;
const MAGIC_AT = 8;
const LEAF_ENTRY_BYTES = 8;
/** In version 4 and 5; how long the heads are. */
const LEAF = { magics: [0xfbee, 0x3bee], heads: [32, 80] } as const;
const NODE = { magics: [0xfebe, 0x3ebe], heads: [16, 64] } as const;
const SHORT_INFO_BYTES = 12;
const MAXIMUM_LEVELS = 8;

/** A block of attributes. */
export interface AttributeLeaf {
  bytes: Buffer;
  headBytes: number;
  /** Entries, each of 8 bytes behind the head; they fit. */
  count: number;
}

/** The blocks of an attribute fork, by their numbers within it. */
export class AttributeBlocks {
  private map: MappedRun[] | undefined;

  constructor(
    private readonly volume: XfsVolume,
    private readonly inode: InodeRecord,
    private readonly fork: Fork,
  ) {}

  /** All blocks of attributes: from the leftmost one on each names the next. @throws DamagedStructureError, what `read` throws */
  async *leaves(signal: AbortSignal): AsyncGenerator<AttributeLeaf, void, undefined> {
    const version = this.volume.geometry.hasChecksums ? 1 : 0;
    let next = await this.leftmostLeaf(version, signal);
    const seen = new Set<number>();
    do {
      if (seen.has(next)) throw this.damaged(`lead to block ${next} twice`);
      seen.add(next);
      const bytes = await this.read(next, 1, signal);
      if (bytes.readUInt16BE(MAGIC_AT) !== LEAF.magics[version]) throw this.damaged(`are in block ${next}, which holds none`);
      const headBytes = LEAF.heads[version];
      const count = bytes.readUInt16BE(this.infoBytes);
      if (count > (bytes.length - headBytes) / LEAF_ENTRY_BYTES) throw this.damaged(`claim ${count} entries in a block`);
      yield { bytes, headBytes, count };
      next = bytes.readUInt32BE(0);
    } while (next !== 0);
  }

  /** The value of an attribute that has blocks of its own; in version 5 each has a head. @throws as {@link leaves} */
  async remoteValue(block: number, length: number, signal: AbortSignal): Promise<Buffer> {
    if (length > LARGEST_VALUE) throw this.damaged(`claim a value of ${length} bytes`);
    const { blockSize, hasChecksums } = this.volume.geometry;
    const head = hasChecksums ? remoteBlock.size : 0;
    const count = Math.ceil(length / (blockSize - head));
    const bytes = await this.read(block, count, signal);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += blockSize) {
      if (hasChecksums && bytes.readUInt32BE(at) !== REMOTE_MAGIC)
        throw this.damaged(`have a value in block ${block}, which is none`);
      pieces.push(bytes.subarray(at + head, at + blockSize));
    }
    return Buffer.concat(pieces).subarray(0, length);
  }

  private get infoBytes(): number {
    return this.volume.geometry.hasChecksums ? attributeBlock.size : SHORT_INFO_BYTES;
  }

  private async leftmostLeaf(version: 0 | 1, signal: AbortSignal): Promise<number> {
    let block = 0;
    for (let level = 0; level < MAXIMUM_LEVELS; level++) {
      const bytes = await this.read(block, 1, signal);
      if (bytes.readUInt16BE(MAGIC_AT) !== NODE.magics[version] || bytes.readUInt16BE(this.infoBytes) === 0) return block;
      block = bytes.readUInt32BE(NODE.heads[version] + 4);
    }
    throw this.damaged(`are below more than ${MAXIMUM_LEVELS} levels`);
  }

  /** Blocks that follow each other in the fork, wherever they lie. */
  private async read(block: number, count: number, signal: AbortSignal): Promise<Buffer> {
    if (!this.map) {
      const map: MappedRun[] = [];
      for await (const run of mapFork(this.volume, this.inode, this.fork, signal)) if (run.kind === 'data') map.push(run);
      this.map = map;
    }
    const pieces: Buffer[] = [];
    for (let next = block; next < block + count;) {
      const run = this.map.find(({ logical, count: blocks }) => next >= logical && next < logical + blocks);
      if (!run) throw this.damaged(`are in block ${next} of their map, which it does not have`);
      const some = Math.min(run.logical + run.count, block + count) - next;
      pieces.push(await this.volume.readBlocks(run.block + next - run.logical, some, signal));
      next += some;
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  private damaged(problem: string): DamagedStructureError {
    return new DamagedStructureError(
      'XFS extended attributes',
      `the extended attributes of inode ${this.inode.number} ${problem}`,
    );
  }
}
