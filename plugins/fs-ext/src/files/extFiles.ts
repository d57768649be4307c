import {
  type FileContent,
  type FilesystemFiles,
  type ListOptions,
  type NamedStream,
  type SharedResult,
  walkDirectories,
  type WalkOptions,
} from '@diskwright/sdk';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, EntryTable, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import type { ExtVolume } from '../volume';
import { attributesOf } from './attributes';
import { attributeContent, contentOf, extentsOf } from './content';
import { findInDirectory, listInBatches } from './directoryListing';
import { inodeDetails } from './inodeDetails';
import type { InodeRecord } from './inodeRecord';
import { InodeTable } from './inodeTable';
import { pathText } from '@diskwright/sdk/files';
import { nodeOf } from './nodes';
import { ROOT_INODE } from './rootInode';
import { noDirectory, walkInTables } from './tableWalk';

/** A target fits a block (`ext4_symlink`). */
const LONGEST_TARGET = 65536;

/** The files of a volume. Nodes are named by their inode numbers. */
export class ExtFiles implements FilesystemFiles {
  readonly root: FilesystemNode = { node: String(ROOT_INODE), type: 'directory', size: 0, mtime: null };
  private known: InodeTable | undefined;

  constructor(private readonly volume: SharedResult<ExtVolume>) {}

  /** @throws DamagedStructureError when the superblock's numbers do not agree or the descriptors cannot be read */
  async table(signal: AbortSignal): Promise<InodeTable> {
    if (this.known) return this.known;
    return (this.known = await InodeTable.open(await this.volume.get(signal), signal));
  }

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    for await (const entries of this.readdirBatches(node, signal, options)) yield* entries;
  }

  walkBatches(node: string, options: WalkOptions, signal: AbortSignal): AsyncIterable<FilesystemEntry[]> {
    return walkDirectories((...directory) => this.readdirBatches(...directory, true), node, options, signal);
  }

  async *walkTables(
    node: string,
    { recursive }: Pick<WalkOptions, 'recursive'>,
    signal: AbortSignal,
  ): AsyncGenerator<EntryTable, void, undefined> {
    const table = await this.table(signal);
    yield* walkInTables(table, inodeNumber(table, node), recursive, signal);
  }

  private async *readdirBatches(
    node: string,
    signal: AbortSignal,
    options?: ListOptions,
    tellsDamage = false,
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    const { table, inode } = await this.find(node, signal);
    if (inode.type !== 'directory') throw noDirectory(table, inode.number);
    yield* listInBatches(table, inode, signal, options, tellsDamage);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    const { table, inode } = await this.find(node, signal);
    return { ...nodeOf(inode, true), details: inodeDetails(inode, table.geometry) };
  }

  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    const table = await this.table(signal);
    let inode = await table.read(ROOT_INODE, signal);
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (inode.type !== 'directory') return null;
      const found = await findInDirectory(table, inode, name, signal);
      if (found === null) return null;
      inode = await table.read(found, signal);
    }
    return nodeOf(inode);
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const { table, inode } = await this.find(node, signal);
    if (inode.type !== 'symlink') throw new InvalidInputError(`inode ${inode.number} is no symbolic link`);
    const { size, segments } = await contentOf(table, inode, signal);
    if (size > LONGEST_TARGET)
      throw new DamagedStructureError('ext symbolic link', `the target of link ${inode.number} has ${size} bytes`);
    const pieces: Buffer[] = [];
    for await (const segment of segments) {
      if (segment.kind === 'extent') pieces.push(await table.source.read(segment.offset, segment.length, signal));
      else if (segment.kind === 'inline') pieces.push(Buffer.from(segment.bytes, 'base64'));
    }
    return pathText(Buffer.concat(pieces));
  }

  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    const { table, inode } = await this.find(node, signal);
    return stream === undefined ? contentOf(table, inode, signal) : attributeContent(table, inode, stream, signal);
  }

  /** Extended attributes. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    const { table, inode } = await this.find(node, signal);
    return (await attributesOf(table, inode, signal)).map(({ name, size, value }) => ({ name, size, ...(value && { value }) }));
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    const { table, inode } = await this.find(node, signal);
    return extentsOf(table, inode, signal);
  }

  async recordOf(node: string, signal: AbortSignal): Promise<NamedRange> {
    const table = await this.table(signal);
    return table.recordOf(inodeNumber(table, node));
  }

  /** @throws InvalidInputError for what is no inode number of this filesystem */
  private async find(node: string, signal: AbortSignal): Promise<{ table: InodeTable; inode: InodeRecord }> {
    const table = await this.table(signal);
    return { table, inode: await table.read(inodeNumber(table, node), signal) };
  }
}

/** @throws InvalidInputError for what is no inode number of this filesystem */
function inodeNumber(table: InodeTable, node: string): number {
  const number = /^[1-9]\d{0,9}$/.test(node) ? Number(node) : 0;
  if (number < 1 || number > table.inodesCount)
    throw new InvalidInputError(`there is no inode ${node.slice(0, 32)}: they are numbered from 1 to ${table.inodesCount}`);
  return number;
}
