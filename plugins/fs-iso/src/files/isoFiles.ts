import {
  type FileContent,
  type FilesystemFiles,
  type ListOptions,
  type NamedStream,
  walkDirectories,
  type WalkOptions,
} from '@diskwright/sdk';
import { DamagedStructureError, InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import { pathText, permissionsText, timeText } from '@diskwright/sdk/files';
import type { ByteRange, FilesystemEntry, FilesystemNode, NamedRange } from '@diskwright/sdk/protocol';
import { directoryRecord, RecordFlag } from '../structures/directoryRecord';
import { SECTOR_BYTES } from '../structures/volumeDescriptor';
import type { IsoVolume } from '../volume';
import { directoryAt, entriesIn, nodeOfRecord, recordAt, type NameSpace } from './directory';
import { rootOf } from './nameSpace';
import { nodeOf, sizeOf, typeOf, type IsoNode } from './isoNode';

/** The files of a volume. Nodes are named by where their directory records lie, directories by their own. */
export class IsoFiles implements FilesystemFiles {
  readonly root: FilesystemNode;

  constructor(
    private readonly volume: IsoVolume,
    /** Null when the root directory makes no sense. */
    private readonly shown: NameSpace | null,
  ) {
    const { offset } = shown?.root ?? rootOf(volume, volume.primary);
    this.root = { node: String(offset), type: 'directory', size: 0, mtime: null };
  }

  /** @returns null when no entry on the way has such a name */
  async lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    const space = this.requireSpace();
    let node = await this.find(String(space.root.offset), signal);
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (!node.isDirectory) return null;
      const found = await this.entryIn(space, node, name, signal);
      if (!found) return null;
      node = found;
    }
    return nodeOf(node, false);
  }

  private requireSpace(): NameSpace {
    if (this.shown) return this.shown;
    throw new DamagedStructureError('ISO 9660 directory', 'the root directory makes no sense');
  }

  private async entryIn(space: NameSpace, directory: IsoNode, wanted: string, signal: AbortSignal): Promise<IsoNode | null> {
    for await (const entries of entriesIn(this.volume, space, directory.content[0]!, signal)) {
      const entry = entries.find(({ name }) => name === wanted);
      if (entry) return entry.node;
    }
    return null;
  }

  async *readdir(node: string, signal: AbortSignal, options?: ListOptions): AsyncGenerator<FilesystemEntry, void, undefined> {
    for await (const entries of this.readdirBatches(node, signal, options)) yield* entries;
  }

  walkBatches(node: string, options: WalkOptions, signal: AbortSignal): AsyncIterable<FilesystemEntry[]> {
    return walkDirectories((...directory) => this.readdirBatches(...directory), node, options, signal);
  }

  private async *readdirBatches(
    node: string,
    signal: AbortSignal,
    { metadata = false }: ListOptions = {},
  ): AsyncGenerator<FilesystemEntry[], void, undefined> {
    const directory = await this.find(node, signal);
    if (!directory.isDirectory) throw this.noDirectory(directory);
    const [place] = directory.content;
    for await (const entries of entriesIn(this.volume, this.requireSpace(), place!, signal))
      yield entries.map(({ name, raw, node: found }) => ({
        path: name,
        ...(raw && { rawName: raw.toString('base64') }),
        ...nodeOf(found, metadata),
      }));
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [string, string][] }> {
    const found = await this.find(node, signal);
    return { ...nodeOf(found, true), details: detailsOf(found, this.requireSpace()) };
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const found = await this.find(node, signal);
    if (typeOf(found) !== 'symlink') throw new InvalidInputError(`node ${node} is no symbolic link`);
    return pathText(found.rockRidge?.target ?? Buffer.alloc(0));
  }

  async contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    if (stream !== undefined) throw new InvalidInputError('files of ISO 9660 have no streams');
    const found = await this.find(node, signal);
    const target = found.rockRidge?.target;
    if (typeOf(found) === 'symlink' && target)
      return { size: target.length, segments: target.length > 0 ? [{ kind: 'inline', bytes: target.toString('base64') }] : [] };
    requirePlain(found);
    const extents = this.insideOf(found);
    return { size: sizeOf(found), segments: extents.map((extent) => ({ kind: 'extent', ...extent })) };
  }

  /** None: extended attributes of ISO 9660 itself hold no more than its records. */
  async streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    await this.find(node, signal);
    return [];
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    return this.insideOf(await this.find(node, signal));
  }

  async recordOf(node: string, signal: AbortSignal): Promise<NamedRange> {
    const { offset } = await this.find(node, signal);
    return { offset, length: directoryRecord.size, name: 'directory record' };
  }

  /** The pieces of the content, joined. @throws DamagedStructureError when one lies outside of the volume */
  private insideOf({ content, offset: record }: IsoNode): ByteRange[] {
    const extents: ByteRange[] = [];
    for (const { offset, length } of content) {
      if (length === 0) continue;
      if (offset > this.volume.source.size - length)
        throw new DamagedStructureError('ISO 9660 directory record', `the content of node ${record} lies outside of the volume`);
      const last = extents.at(-1);
      if (last && last.offset + last.length === offset) last.length += length;
      else extents.push({ offset, length });
    }
    return extents;
  }

  /** No file has the first record of a block: there a directory begins with itself, or is damaged. */
  private noDirectory({ offset }: IsoNode): Error {
    if (offset % this.volume.blockSize !== 0) return new InvalidInputError(`node ${offset} is no directory`);
    return new DamagedStructureError('ISO 9660 directory', `the directory at ${offset} does not begin with itself`, {
      offset,
      length: directoryRecord.size,
    });
  }

  /** @throws InvalidInputError when it is no place; DamagedStructureError when no sound directory record lies there */
  private async find(node: string, signal: AbortSignal): Promise<IsoNode> {
    const offset = /^[1-9]\d{0,14}$/.test(node) ? Number(node) : -1;
    const space = this.requireSpace();
    const { source } = this.volume;
    if (offset < 0) throw new InvalidInputError(`there is no node ${node.slice(0, 32)}`);
    // Nodes of directories are made of the blocks that their records claim.
    if (offset >= source.size) throw new DamagedStructureError('ISO 9660 directory', `node ${node} lies outside of the volume`);
    const directory = offset % this.volume.blockSize === 0 ? await directoryAt(this.volume, space, offset, signal) : null;
    if (directory) return directory;
    return this.fileAt(space, offset, signal);
  }

  /** A file and the records that go on with it, which follow in the same directory. */
  private async fileAt(space: NameSpace, offset: number, signal: AbortSignal): Promise<IsoNode> {
    let file: IsoNode | null = null;
    for (let next = offset; ;) {
      const inSector = SECTOR_BYTES - (next % SECTOR_BYTES);
      const bytes = await this.volume.read(next, Math.min(inSector, this.volume.source.size - next), signal);
      // The rest of a sector without a record is zeros.
      if (file && bytes[0] === 0) {
        next += inSector;
        if (next > offset + MOST_RECORD_BYTES) return file;
        continue;
      }
      const placed = recordAt(bytes, 0, next);
      if (!placed && !file)
        throw new DamagedStructureError('ISO 9660 directory record', `no sound directory record lies at node ${offset}`, {
          offset,
          length: directoryRecord.size,
        });
      if (!placed) return file!;
      const found = await nodeOfRecord(this.volume, space, placed, signal);
      if (file) file.content.push(...found.content);
      file ??= { ...found, offset };
      if ((placed.record.flags & RecordFlag.MULTI_EXTENT) === 0 || next > offset + MOST_RECORD_BYTES) return file;
      next += placed.record.length;
    }
  }
}

/** Records of one file: 4096 of 4 GiB each are more than any. */
const MOST_RECORD_BYTES = 1024 * 1024;

function requirePlain({ rockRidge, isInterleaved, offset }: IsoNode): void {
  const how = rockRidge?.coded?.how ?? (isInterleaved ? 'interleaved' : null);
  if (!how) return;
  const todo = { todo: 'Its sectors are shown by "extents"; mount the image to read the file.' };
  throw new NotSupportedError(`the file of node ${offset} is kept ${how}, which is not read`, todo);
}

function detailsOf(node: IsoNode, { kind }: NameSpace): [string, string][] {
  const { rockRidge, content } = node;
  const details: [string, string][] = [
    ['directory record', String(node.offset)],
    ['names', kind],
  ];
  if (rockRidge?.mode !== undefined) details.push(['mode', permissionsText(rockRidge.mode)]);
  if (rockRidge?.links !== undefined) details.push(['links', String(rockRidge.links)]);
  if (rockRidge?.userId !== undefined) details.push(['owner', `${rockRidge.userId}:${rockRidge.groupId ?? 0}`]);
  for (const [which, name] of [
    ['modified', 'content changed'],
    ['changed', 'attributes changed'],
    ['accessed', 'read'],
    ['created', 'created'],
  ] as const) {
    const time = rockRidge?.times[which];
    if (time) details.push([name, timeText(time)]);
  }
  if (node.recorded) details.push(['recorded', timeText(node.recorded)]);
  if (rockRidge?.device) details.push(['device', `${rockRidge.device.major}:${rockRidge.device.minor}`]);
  if (rockRidge?.coded) details.push(['kept', `${rockRidge.coded.how}, which is not read`]);
  if (content.length > 1) details.push(['pieces', String(content.length)]);
  if (node.isHidden) details.push(['attributes', 'hidden']);
  return details;
}
