import {
  type FileContent,
  type FilesystemFiles,
  type ListOptions,
  type NamedStream,
  notDirectory,
  walkDirectories,
  type WalkOptions,
} from '@diskwright/sdk';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, EntryTable, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import { attributesOf } from '../records/attributes';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { AttributeFlag, AttributeType } from '../structures/fileRecord';
import { contentOf } from './content';
import { dataStreamOf } from './dataStream';
import { NAME_INDEX } from './directoryIndex';
import { findInDirectory, listInBatches } from './directoryListing';
import { extendedAttributesOf } from './extendedAttributes';
import { fileDetails } from './fileDetails';
import { nodeOf, targetIn, typeOf } from './nodes';
import { OVERLAY_STREAM } from './overlayFile';
import { StreamReader } from './streamReader';
import { summaryOf } from './summaries';
import { walkInTables, walkTree } from './walkTree';

/** The root directory. */
export const ROOT_RECORD = 5;
/** A value of a stream that is given along with its name. */
const INLINE_BYTES = 65536;
const KEPT_READERS = 8;

/** The files of a volume. Nodes are named by the numbers of their file records. */
export class NtfsFiles implements FilesystemFiles {
  readonly root: FilesystemNode = { node: String(ROOT_RECORD), type: 'directory', size: 0, mtime: null };
  /** Those used last, the newest at the end. */
  private readonly readers = new Map<string, StreamReader>();

  constructor(readonly table: MasterFileTable) {}

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    for await (const entries of this.readdirBatches(node, signal, options)) yield* entries;
  }

  walkBatches(node: string, options: WalkOptions, signal: AbortSignal): AsyncIterable<FilesystemEntry[]> {
    const isWhole = options.recursive && node === this.root.node;
    if (isWhole) return walkTree(this.table, options, signal);
    return walkDirectories((...directory) => this.readdirBatches(...directory, true), node, options, signal);
  }

  /** Null for parts of the tree, which are gone through directory by directory. */
  walkTables(node: string, { recursive }: Pick<WalkOptions, 'recursive'>, signal: AbortSignal): AsyncIterable<EntryTable> | null {
    return recursive && node === this.root.node ? walkInTables(this.table, signal) : null;
  }

  private async *readdirBatches(
    node: string,
    signal: AbortSignal,
    options?: ListOptions,
    tellsDamage = false,
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    const record = await this.find(node, signal);
    if (!record.isDirectory) throw notDirectory(await this.recordOf(node), 'NTFS file record', node === this.root.node);
    yield* listInBatches(this.table, record, signal, options, tellsDamage);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    const record = await this.find(node, signal);
    const file = await summaryOf(this.table, record, signal);
    return { ...nodeOf(file, true), details: fileDetails(file, record) };
  }

  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    let record = await this.table.read(ROOT_RECORD, signal);
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (!record.isDirectory) return null;
      const found = await findInDirectory(this.table, record, name, signal);
      if (!found) return null;
      record = await this.table.read(found.record, signal);
    }
    return nodeOf(await summaryOf(this.table, record, signal));
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const file = await summaryOf(this.table, await this.find(node, signal), signal);
    if (typeOf(file) !== 'symlink') throw new InvalidInputError(`file record ${node} is no symbolic link`);
    const target = targetIn(file);
    if (target === null) throw new DamagedStructureError('NTFS reparse point', `the target of link ${node} makes no sense`);
    return target;
  }

  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    return contentOf(await dataStreamOf(this.table, await this.find(node, signal), stream, signal));
  }

  async readContent(
    node: string,
    stream: string | undefined,
    offset: number,
    length: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    return (await this.reader(node, stream, signal)).read(offset, length, signal);
  }

  /** Named streams as they are called, extended attributes with a prefix that no stream can have. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    const record = await this.find(node, signal);
    const isNamed = (type: number, name: string): boolean => type === AttributeType.DATA && name !== '';
    const streams: NamedStream[] = [];
    for (const attribute of await attributesOf(this.table, record, signal, isNamed)) {
      const { name, size, flags, damage } = attribute;
      const isReadable = size <= INLINE_BYTES && damage === null && (flags & AttributeFlag.ENCRYPTED) === 0;
      const reader = new StreamReader(this.table, { record: record.number, attribute, overlay: null });
      streams.push(isReadable ? { name, size, value: await reader.read(0, size, signal) } : { name, size });
    }
    for (const { name, value } of await extendedAttributesOf(this.table, record, signal))
      streams.push({ name, size: value.length, value });
    return streams;
  }

  /** Of a directory, the blocks of its index; of a file that the overlay filter compressed, those of the compressed stream. */
  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    const record = await this.find(node, signal);
    const isContent = (type: number, name: string): boolean =>
      record.isDirectory
        ? type === AttributeType.INDEX_ALLOCATION && name === NAME_INDEX
        : type === AttributeType.DATA && (name === '' || name === OVERLAY_STREAM);
    const extents: ByteRange[] = [];
    for (const { runs } of await attributesOf(this.table, record, signal, isContent))
      for (const { lcn, clusters } of runs?.runs() ?? [])
        if (lcn >= 0) extents.push({ offset: lcn * runs!.clusterBytes, length: clusters * runs!.clusterBytes });
    return extents;
  }

  async recordOf(node: string): Promise<NamedRange> {
    const number = this.numberOf(node);
    const { source, runs, volume } = this.table;
    // Of a record whose clusters, smaller than it, lie apart, the beginning.
    const [place] = runs.pieces(number * volume.recordBytes, volume.recordBytes);
    if (!place || place.offset === null || place.offset > source.size - place.length)
      throw new DamagedStructureError('NTFS file record', `file record ${number} does not lie on the volume`);
    return { offset: place.offset, length: place.length, name: `MFT record ${number}` };
  }

  /** @throws InvalidInputError when there can be no such record */
  private numberOf(node: string): number {
    if (!/^\d{1,15}$/.test(node)) throw new InvalidInputError(`"${node.slice(0, 32)}" is no number of a file record`);
    if (Number(node) >= this.table.recordCount) throw new InvalidInputError(`file record ${node} does not exist`);
    return Number(node);
  }

  /** @throws InvalidInputError when the node is no file's; DamagedStructureError when its record cannot be read */
  async find(node: string, signal: AbortSignal): Promise<FileRecord> {
    const record = await this.table.read(this.numberOf(node), signal);
    const { base } = record;
    if (base) throw new InvalidInputError(`file record ${node} is a part of that of file ${base.record}`);
    return record;
  }

  /** Kept for the next call: content is read piece after piece. */
  private async reader(node: string, stream: string | undefined, signal: AbortSignal): Promise<StreamReader> {
    const key = `${node}:${stream ?? ''}`;
    const kept = this.readers.get(key);
    this.readers.delete(key);
    const reader =
      kept ?? new StreamReader(this.table, await dataStreamOf(this.table, await this.find(node, signal), stream, signal));
    this.readers.set(key, reader);
    for (const oldest of this.readers.keys()) {
      if (this.readers.size <= KEPT_READERS) break;
      this.readers.delete(oldest);
    }
    return reader;
  }
}
