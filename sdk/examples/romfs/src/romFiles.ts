import type { FileContent, FilesystemFiles } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemEntry, FilesystemNode } from '@diskwright/sdk/protocol';
import { fileHeader, HARD_LINK, NODE_TYPES, readFile, type RomFile, type RomVolume, superblock } from './layout';

/** Of one directory, and of all together: damage must not make a list without an end. */
export const MAX_FILES = 1_000_000;

/** The files of a romfs. A node's id is the offset of its header. */
export class RomFiles implements FilesystemFiles {
  readonly root: FilesystemNode;

  constructor(
    private readonly source: BlockSource,
    private readonly volume: RomVolume,
  ) {
    this.root = { node: String(volume.root), type: 'directory', size: 0, mtime: null };
  }

  async *readdir(node: string, signal: AbortSignal): AsyncGenerator<FilesystemEntry> {
    for await (const link of this.chain(await this.firstOf(node, signal), signal)) {
      const path = link.name.toString('utf8');
      if (path === '.' || path === '..') continue;
      const isText = Buffer.from(path).equals(link.name);
      const entry = { path, ...nodeOf(await this.target(link, signal)) };
      yield isText ? entry : { ...entry, rawName: link.name.toString('base64') };
    }
  }

  async stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [name: string, value: string][] }> {
    if (node === this.root.node) return { ...this.root, details: [] };
    const file = await this.fileAt(Number(node), signal);
    return { ...nodeOf(file), details: [['header', String(file.offset)]] };
  }

  async readlink(node: string, signal: AbortSignal): Promise<string> {
    const [place] = await this.extentsOf(node, signal);
    return place ? (await this.source.read(place.offset, place.length, signal)).toString('utf8') : '';
  }

  async contentOf(node: string, _stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    const extents = await this.extentsOf(node, signal);
    const segments = extents.map((extent) => ({ kind: 'extent' as const, ...extent }));
    return { size: extents.reduce((total, { length }) => total + length, 0), segments };
  }

  async extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    const { content, size } = await this.fileAt(Number(node), signal);
    if (content + size > this.source.size)
      throw new DamagedStructureError(fileHeader.name, 'its content would lie behind the end', {
        offset: Number(node),
        length: 16,
      });
    return size === 0 ? [] : [{ offset: content, length: size }];
  }

  /** The files of a directory, from its first header on. */
  async *chain(first: number, signal: AbortSignal): AsyncGenerator<RomFile> {
    let at = first;
    for (let count = 0; at !== 0; count++) {
      signal.throwIfAborted();
      if (count >= MAX_FILES)
        throw new DamagedStructureError(fileHeader.name, 'a directory has no end', { offset: first, length: 16 });
      const file = await this.fileAt(at, signal);
      yield file;
      at = file.next;
    }
  }

  /** The first header of what a directory holds. @throws InvalidInputError where the node is none */
  private async firstOf(node: string, signal: AbortSignal): Promise<number> {
    if (node === this.root.node) return this.volume.root;
    const { type, info } = await this.fileAt(Number(node), signal);
    if (NODE_TYPES[type] !== 'directory') throw new InvalidInputError(`node ${node} is no directory`);
    return info;
  }

  /** What a hard link links to, or the file itself. Links to links are not followed: no tool makes them. */
  private async target(file: RomFile, signal: AbortSignal): Promise<RomFile> {
    return file.type === HARD_LINK ? this.fileAt(file.info, signal) : file;
  }

  private async fileAt(offset: number, signal: AbortSignal): Promise<RomFile> {
    const file = await readFile(this.source, offset, signal);
    if (file) return file;
    throw new DamagedStructureError(fileHeader.name, `there can be none at ${offset}`, { offset: 0, length: superblock.size });
  }
}

function nodeOf({ offset, type, size }: RomFile): FilesystemNode {
  return { node: String(offset), type: NODE_TYPES[type]!, size, mtime: null };
}
