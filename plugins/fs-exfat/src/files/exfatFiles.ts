import type { FileContent, FilesystemFiles, ListOptions, NamedStream, WalkOptions } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import { type ExfatGeometry, isInconsistent } from '../geometry';
import { readRootEntries } from '../rootEntries';
import { ENTRY_BYTES, EntryType } from '../structures/directoryEntries';
import { UpcaseTable } from '../upcase';
import { contentOf, directoryContent, directoryExtents, extentsOf } from './content';
import { type DirectoryStart, directorySets } from './directory';
import { type EntrySet, fieldsOf, isDirectory } from './entrySet';
import { listed, nodeDetails, nodeOf, ROOT } from './nodes';
import { exfatVolume, type ExfatVolume } from './volume';
import { walkTree } from './walk';

/**
 * The files of a volume. Nodes are named by the places of their first two entries, in bytes from the volume's start: of the first alone where the second is
 * behind it, as nearly always. The root, which has none, is `root`.
 */
export class ExfatFiles implements FilesystemFiles {
  readonly root: FilesystemNode = ROOT;
  private known: ExfatVolume | undefined;
  private fold: ((name: string) => string) | undefined;

  constructor(
    private readonly source: BlockSource,
    private readonly geometry: ExfatGeometry,
  ) {}

  /** @throws DamagedStructureError when the boot sector does not tell where things lie */
  get volume(): ExfatVolume {
    const error = this.geometry.problems.find(({ severity }) => severity === 'error');
    if (isInconsistent(this.geometry))
      throw new DamagedStructureError('exFAT boot sector', `no file can be found: ${error?.message}`, error?.ranges[0]);
    return (this.known ??= exfatVolume(this.source, this.geometry));
  }

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    for await (const sets of directorySets(this.volume, await this.directory(node, signal), signal))
      for (const set of sets) yield listed(set, set.name.text, options?.metadata);
  }

  async *walkBatches(
    node: string,
    options: WalkOptions,
    signal: AbortSignal,
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    yield* walkTree(this.volume, await this.directory(node, signal), options, signal);
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    if (node === ROOT.node) return { ...ROOT, metadata: { hasStreams: false }, details: [['directory', 'the root']] };
    const set = await this.find(node, signal);
    return { ...nodeOf(set, true), details: nodeDetails(set) };
  }

  /** Names are the same whatever their case, by the table of the volume; one that is written just so goes before. */
  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    let found: EntrySet | null = null;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (found && !isDirectory(found)) return null;
      found = await this.findIn(found, name, signal);
      if (found === null) return null;
    }
    return found ? nodeOf(found) : ROOT;
  }

  /** @throws InvalidInputError for a named stream: exFAT has none */
  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    if (stream !== undefined) throw new InvalidInputError(`exFAT keeps no named streams, and so no ${stream.slice(0, 64)}`);
    if (node === ROOT.node) return directoryContent(this.volume, null, signal);
    const set = await this.find(node, signal);
    return isDirectory(set) ? directoryContent(this.volume, set, signal) : contentOf(this.volume, set, signal);
  }

  /** None: exFAT has neither named streams nor extended attributes. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    if (node !== ROOT.node) await this.find(node, signal);
    return [];
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    if (node === ROOT.node) return directoryExtents(this.volume, null, signal);
    return extentsOf(this.volume, await this.find(node, signal), signal);
  }

  /** The first entry of its set; the root has none. */
  async recordOf(node: string, signal: AbortSignal): Promise<NamedRange | null> {
    if (node === ROOT.node) return null;
    const { offset } = await this.find(node, signal);
    return { offset, length: ENTRY_BYTES, name: 'directory entry' };
  }

  private async directory(node: string, signal: AbortSignal): Promise<DirectoryStart> {
    if (node === ROOT.node) return null;
    const set = await this.find(node, signal);
    if (!isDirectory(set)) throw new InvalidInputError(`the entry at ${node} is no directory`);
    return set;
  }

  private async findIn(directory: DirectoryStart, name: string, signal: AbortSignal): Promise<EntrySet | null> {
    const fold = (this.fold ??= await this.readFold(signal));
    const wanted = fold(name);
    let similar: EntrySet | null = null;
    for await (const sets of directorySets(this.volume, directory, signal)) {
      for (const set of sets) {
        if (set.name.text === name) return set;
        if (!similar && fold(set.name.text) === wanted) similar = set;
      }
    }
    return similar;
  }

  /** Without a table that can be read, names are compared as Unicode has it. */
  private async readFold(signal: AbortSignal): Promise<(name: string) => string> {
    const { upcase } = await readRootEntries(this.volume, signal);
    try {
      const table = upcase && (await UpcaseTable.read(this.volume, upcase, signal));
      if (table) return (name) => table.fold(name);
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
    }
    return (name) => name.toUpperCase();
  }

  /** @throws InvalidInputError for what is no place of a file or directory */
  private async find(node: string, signal: AbortSignal): Promise<EntrySet> {
    const [, first, second] = /^([1-9]\d{0,15})(?:-([1-9]\d{0,15}))?$/.exec(node) ?? [];
    const offset = Number(first ?? 0);
    const streamOffset = second === undefined ? offset + ENTRY_BYTES : Number(second);
    const file = await this.entryAt(offset, signal);
    const stream = await this.entryAt(streamOffset, signal);
    if (file[0] !== EntryType.file || stream[0] !== EntryType.stream)
      throw new InvalidInputError(`there is no file at ${node.slice(0, 40)}`);
    // Neither name nor checksum is wanted of what is named by its place.
    return { offset, streamOffset, name: { text: '' }, isChecksumRight: true, ...fieldsOf(file, stream) };
  }

  private async entryAt(offset: number, signal: AbortSignal): Promise<Buffer> {
    const { source, geometry } = this.volume;
    const { dataOffset, clusterCount, clusterBytes } = geometry;
    const isPlace = offset % ENTRY_BYTES === 0 && offset >= dataOffset && offset < dataOffset + clusterCount * clusterBytes;
    return isPlace ? source.read(offset, ENTRY_BYTES, signal) : Buffer.alloc(ENTRY_BYTES);
  }
}
