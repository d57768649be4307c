import {
  type FileContent,
  type FilesystemFiles,
  type ListOptions,
  type NamedStream,
  notDirectory,
  type WalkOptions,
} from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { pathText } from '@diskwright/sdk/files';
import type { ByteRange, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import { inodeOffset } from '../geometry';
import type { XfsVolume } from '../volume';
import { attributesOf } from './attributes';
import { contentOf, extentsOf, inlineContent } from './content';
import { findInDirectory, listDirectory } from './directoryListing';
import { inodeDetails } from './inodeDetails';
import type { InodeRecord } from './inodeRecord';
import { InodeTable } from './inodeTable';
import { nodeOf } from './nodes';
import { linkTarget } from './symbolicLink';
import { walkTree } from './treeWalk';

/** The files of a volume. Nodes are named by their inode numbers. */
export class XfsFiles implements FilesystemFiles {
  readonly root: FilesystemNode;
  readonly table: InodeTable;

  constructor(private readonly volume: XfsVolume) {
    this.root = { node: String(volume.geometry.rootInode), type: 'directory', size: 0, mtime: null };
    this.table = new InodeTable(volume);
  }

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    yield* listDirectory(this.table, await this.findDirectory(node, signal), signal, options);
  }

  async *walkBatches(
    node: string,
    options: WalkOptions,
    signal: AbortSignal,
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    yield* walkTree(this.table, (await this.findDirectory(node, signal)).number, options, signal);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    const inode = await this.find(node, signal);
    return { ...nodeOf(inode, true), details: inodeDetails(inode, this.volume.geometry) };
  }

  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    let inode = await this.table.read(this.volume.geometry.rootInode, signal);
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (inode.type !== 'directory') return null;
      const found = await findInDirectory(this.table, inode, name, signal);
      if (found === null) return null;
      inode = await this.table.read(found, signal);
    }
    return nodeOf(inode);
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const inode = await this.find(node, signal);
    if (inode.type !== 'symlink') throw new InvalidInputError(`inode ${inode.number} is no symbolic link`);
    return pathText(await linkTarget(this.volume, inode, signal));
  }

  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    const inode = await this.find(node, signal);
    if (stream === undefined) return contentOf(this.volume, inode, signal);
    const attribute = (await attributesOf(this.volume, inode, signal)).find(({ name }) => name === stream);
    if (!attribute) throw new InvalidInputError(`inode ${inode.number} has no extended attribute ${stream}`);
    return inlineContent(attribute.value);
  }

  /** Extended attributes. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    const attributes = await attributesOf(this.volume, await this.find(node, signal), signal);
    return attributes.map(({ name, value }) => ({ name, size: value.length, value }));
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    return extentsOf(this.volume, await this.find(node, signal), signal);
  }

  async recordOf(node: string): Promise<NamedRange> {
    const number = this.numberOf(node);
    return { offset: this.table.offsetOf(number), length: this.volume.geometry.inodeSize, name: `inode ${number}` };
  }

  private async findDirectory(node: string, signal: AbortSignal): Promise<InodeRecord> {
    const inode = await this.find(node, signal);
    if (inode.type !== 'directory') throw notDirectory(await this.recordOf(node), 'XFS inode', node === this.root.node);
    return inode;
  }

  /** @throws InvalidInputError for what is no inode number of this filesystem */
  private async find(node: string, signal: AbortSignal): Promise<InodeRecord> {
    return this.table.read(this.numberOf(node), signal);
  }

  /** @throws InvalidInputError for what is no inode number of this filesystem */
  private numberOf(node: string): number {
    const number = /^[1-9]\d{0,15}$/.test(node) ? Number(node) : 0;
    if (inodeOffset(this.volume.geometry, number) === null) throw new InvalidInputError(`there is no inode ${node.slice(0, 32)}`);
    return number;
  }
}
