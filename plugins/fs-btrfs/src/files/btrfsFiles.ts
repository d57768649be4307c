import {
  type FileContent,
  type FilesystemFiles,
  type ListOptions,
  type NamedStream,
  notDirectory,
  type WalkOptions,
} from '@diskwright/sdk';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { pathText } from '@diskwright/sdk/files';
import type { ByteRange, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import { ObjectId } from '../trees/key';
import type { BtrfsVolume } from '../volume';
import { attributesOf } from './attributes';
import { contentOf, extentsOf, inlineContent } from './content';
import { ContentReader } from './contentReader';
import { findInDirectory, listDirectory } from './directoryListing';
import { EMPTY_DIRECTORY, parseNode, type FileId } from './fileId';
import { inodeDetails } from './inodeDetails';
import { InodeTable } from './inodeTable';
import type { InodeRecord } from './inodeRecord';
import { emptyDirectory, nodeOf } from './nodes';
import { walkTree } from './treeWalk';

/** Paths may begin with a subvolume by its number, as the kernel's mount option does. */
const BY_NUMBER = /^subvolid=(\d{1,15})$/;

/** Targets of symbolic links lie in leaves, of which none is larger. */
const LARGEST_TARGET = 65_536;

/** The files of a volume, from the top subvolume on; the others hang in it. */
export class BtrfsFiles implements FilesystemFiles {
  /** Of the top subvolume, in which all others hang. */
  readonly root: FilesystemNode = { node: String(ObjectId.FIRST_FREE), type: 'directory', size: 0, mtime: null };
  readonly table: InodeTable;
  private readonly reader: ContentReader;

  constructor(volume: BtrfsVolume) {
    this.table = new InodeTable(volume);
    this.reader = new ContentReader(this.table);
  }

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    const directory = await this.findDirectory(node, signal);
    if (directory) for await (const entries of listDirectory(this.table, directory, signal, options)) yield* entries;
  }

  async *walkBatches(
    node: string,
    options: WalkOptions,
    signal: AbortSignal,
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    const directory = await this.findDirectory(node, signal);
    if (directory) yield* walkTree(this.table, directory, options, signal);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    const id = parseNode(node);
    if (id.inode === EMPTY_DIRECTORY)
      return {
        ...emptyDirectory(id.tree),
        metadata: {},
        details: [['what', 'where a subvolume was when this snapshot was taken']],
      };
    const record = await this.table.read(id, signal);
    const subvolume = await this.table.subvolumes.require(record.tree, signal);
    const extras = await this.table.extrasOf(record, signal);
    return { ...nodeOf(record, extras), details: inodeDetails(record, subvolume) };
  }

  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    const names = path.split('/').filter((part) => part !== '');
    return (await this.find(await this.rootOf(ObjectId.FS_TREE, signal), names, signal)) ?? this.findByNumber(names, signal);
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const record = await this.record(node, signal);
    if (record.type !== 'symlink') throw new InvalidInputError(`inode ${node} is no symbolic link`);
    if (record.size > LARGEST_TARGET)
      throw new DamagedStructureError('btrfs inode', `the target of the symbolic link ${node} cannot have ${record.size} bytes`);
    return pathText(await this.reader.read(record, 0, record.size, signal));
  }

  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    const record = await this.record(node, signal);
    return stream === undefined
      ? contentOf(this.table, record, signal)
      : inlineContent(await this.attribute(record, stream, signal));
  }

  async readContent(
    node: string,
    stream: string | undefined,
    offset: number,
    length: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const record = await this.record(node, signal);
    if (stream === undefined) return this.reader.read(record, offset, length, signal);
    return Buffer.from((await this.attribute(record, stream, signal)).subarray(offset, offset + length));
  }

  /** Extended attributes. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    if (parseNode(node).inode === EMPTY_DIRECTORY) return [];
    return attributesOf(this.table, await this.record(node, signal), signal);
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    return extentsOf(this.table, await this.record(node, signal), signal);
  }

  private async attribute(record: InodeRecord, name: string, signal: AbortSignal): Promise<Buffer> {
    const found = (await attributesOf(this.table, record, signal)).find((attribute) => attribute.name === name);
    if (!found) throw new InvalidInputError(`inode ${record.inode} has no extended attribute ${name}`);
    return found.value;
  }

  /** The item of its inode in the leaf that holds it, in the copy that was read. */
  async recordOf(node: string, signal: AbortSignal): Promise<NamedRange | null> {
    const id = parseNode(node);
    return id.inode === EMPTY_DIRECTORY ? null : { ...(await this.table.placeOf(id, signal)), name: `inode ${node}` };
  }

  private async rootOf(tree: number, signal: AbortSignal): Promise<FileId> {
    return { tree, inode: (await this.table.subvolumes.require(tree, signal)).rootDirectory };
  }

  private async find(start: FileId, names: readonly string[], signal: AbortSignal): Promise<FilesystemNode | null> {
    let id = start;
    for (const name of names) {
      if (id.inode === EMPTY_DIRECTORY || (await this.table.read(id, signal)).type !== 'directory') return null;
      const found = await findInDirectory(this.table, id, name, signal);
      if (found === null) return null;
      id = found;
    }
    return id.inode === EMPTY_DIRECTORY ? emptyDirectory(id.tree) : nodeOf(await this.table.read(id, signal));
  }

  private async findByNumber([first, ...names]: readonly string[], signal: AbortSignal): Promise<FilesystemNode | null> {
    const id = Number(BY_NUMBER.exec(first ?? '')?.[1] ?? 0);
    const subvolume = id > 0 ? (await this.table.subvolumes.all(signal)).get(id) : undefined;
    return subvolume ? this.find({ tree: id, inode: subvolume.rootDirectory }, names, signal) : null;
  }

  private async record(node: string, signal: AbortSignal): Promise<InodeRecord> {
    return this.table.read(parseNode(node), signal);
  }

  /** Null for the directory that is always empty. */
  private async findDirectory(node: string, signal: AbortSignal): Promise<FileId | null> {
    const id = parseNode(node);
    if (id.inode === EMPTY_DIRECTORY) return null;
    const record = await this.table.read(id, signal);
    if (record.type !== 'directory') {
      const place = { ...(await this.table.placeOf(id, signal)), name: `inode ${node}` };
      throw notDirectory(place, 'btrfs inode', node === this.root.node);
    }
    return id;
  }
}
