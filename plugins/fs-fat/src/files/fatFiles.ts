import type { FileContent, FilesystemFiles, ListOptions, NamedStream, WalkOptions } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, EntryTable, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import type { FatGeometry } from '../geometry';
import { isInconsistent } from '../info';
import { Attribute, DELETED, END_OF_DIRECTORY } from '../structures/directoryEntry';
import { contentOf, directoryContent, directoryExtents, extentsOf } from './content';
import { directoryEntries, type DirectoryStart } from './directory';
import { entryAt, ENTRY_BYTES, isDirectory, type RawEntry } from './directoryEntries';
import { fatTable, type FatVolume } from './fatTable';
import { findInDirectory } from './find';
import { nodeDetails } from './nodeDetails';
import { listed, nodeOf, ROOT } from './nodes';
import { walkInTables } from './tableWalk';
import { walkTree } from './walk';

/** The files of a volume. Nodes are named by the place of their short entry, in bytes from the volume's start; the root, which has none, is `root`. */
export class FatFiles implements FilesystemFiles {
  readonly root: FilesystemNode = ROOT;
  private known: FatVolume | undefined;

  constructor(
    private readonly source: BlockSource,
    private readonly geometry: FatGeometry,
  ) {}

  /** @throws DamagedStructureError when the boot sector does not tell where the FAT lies */
  get volume(): FatVolume {
    const error = this.geometry.problems.find(({ severity }) => severity === 'error');
    if (isInconsistent(this.geometry))
      throw new DamagedStructureError('FAT boot sector', `no file can be found: ${error?.message}`, error?.ranges[0]);
    const { source, geometry } = this;
    return (this.known ??= { source, geometry, table: fatTable(source, geometry) });
  }

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    const start = await this.directory(node, signal);
    for await (const entries of directoryEntries(this.volume, start, signal))
      for (const entry of entries) yield listed(entry, entry.name.text, options?.metadata);
  }

  async *walkBatches(
    node: string,
    options: WalkOptions,
    signal: AbortSignal,
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    yield* walkTree(this.volume, await this.directory(node, signal), options, signal);
  }

  async *walkTables(
    node: string,
    { recursive }: Pick<WalkOptions, 'recursive'>,
    signal: AbortSignal,
  ): AsyncGenerator<EntryTable, void, undefined> {
    yield* walkInTables(this.volume, await this.directory(node, signal), recursive, signal);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    if (node === ROOT.node) return { ...ROOT, metadata: { hasStreams: false }, details: [['directory', 'the root']] };
    const entry = await this.find(node, signal);
    return { ...nodeOf(entry, true), details: nodeDetails(entry) };
  }

  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    let found: RawEntry | null = null;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (found && !isDirectory(found)) return null;
      found = await findInDirectory(this.volume, found ? found.firstCluster : null, name, signal);
      if (found === null) return null;
    }
    return found ? nodeOf(found) : ROOT;
  }

  /** @throws InvalidInputError for a named stream: FAT has none */
  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    if (stream !== undefined) throw new InvalidInputError(`FAT keeps no named streams, and so no ${stream.slice(0, 64)}`);
    if (node === ROOT.node) return directoryContent(this.volume, null, signal);
    const entry = await this.find(node, signal);
    return isDirectory(entry) ? directoryContent(this.volume, entry.firstCluster, signal) : contentOf(this.volume, entry, signal);
  }

  /** None: FAT has neither named streams nor extended attributes. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    if (node !== ROOT.node) await this.find(node, signal);
    return [];
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    if (node === ROOT.node) return directoryExtents(this.volume, null, signal);
    return extentsOf(this.volume, await this.find(node, signal), signal);
  }

  /** The short entry; the root has none. */
  async recordOf(node: string, signal: AbortSignal): Promise<NamedRange | null> {
    if (node === ROOT.node) return null;
    await this.find(node, signal);
    return { offset: Number(node), length: ENTRY_BYTES, name: 'directory entry' };
  }

  private async directory(node: string, signal: AbortSignal): Promise<DirectoryStart> {
    if (node === ROOT.node) return null;
    const entry = await this.find(node, signal);
    if (!isDirectory(entry)) throw new InvalidInputError(`the entry at ${node} is no directory`);
    return entry.firstCluster;
  }

  /** @throws InvalidInputError for what is no place of a file or directory */
  private async find(node: string, signal: AbortSignal): Promise<RawEntry> {
    const { geometry } = this.volume;
    const { rootOffset, dataOffset, clusterCount, clusterBytes } = geometry;
    const offset = /^[1-9]\d{0,15}$/.test(node) ? Number(node) : 0;
    const isPlace = offset % ENTRY_BYTES === 0 && offset >= rootOffset && offset < dataOffset + clusterCount * clusterBytes;
    const bytes = isPlace ? await this.source.read(offset, ENTRY_BYTES, signal) : Buffer.alloc(ENTRY_BYTES);
    const entry = entryAt(bytes, 0, offset, geometry, null);
    if (bytes[0] === END_OF_DIRECTORY || bytes[0] === DELETED || (entry.attributes & Attribute.volumeId) !== 0)
      throw new InvalidInputError(`there is no file at ${node.slice(0, 32)}`);
    return entry;
  }
}
