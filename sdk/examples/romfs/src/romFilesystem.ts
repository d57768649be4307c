import {
  type AllocationResult,
  computeGeneration,
  type EncodedField,
  encodePlacedField,
  type FieldEdit,
  type FileContent,
  type Filesystem,
  type RelocateResult,
  type RelocateTarget,
} from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  FilesystemEntry,
  FilesystemInfo,
  FilesystemNode,
  Finding,
  Generation,
  NamedRange,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { fileHeader, HARD_LINK, NODE_TYPES, readFile, readVolume, type RomFile, type RomVolume, superblock } from './layout';

/** Of one directory, and of all together: damage must not make a list without an end. */
const MAX_FILES = 1_000_000;

/** An open romfs. A node's id is the offset of its header. */
export class RomFilesystem implements Filesystem {
  readonly root: FilesystemNode;

  private constructor(
    private readonly source: BlockSource,
    private readonly volume: RomVolume,
  ) {
    this.root = { node: String(volume.root), type: 'directory', size: 0, mtime: null };
  }

  /** @throws DamagedStructureError when there is no romfs */
  static async open(source: BlockSource, signal: AbortSignal): Promise<RomFilesystem> {
    const volume = await readVolume(source, signal);
    if (!volume) throw new DamagedStructureError(superblock.name, 'it is not one', { offset: 0, length: superblock.size });
    return new RomFilesystem(source, volume);
  }

  async info(): Promise<FilesystemInfo> {
    const { label } = this.volume;
    const common = { type: 'romfs', uuid: null, sectorSize: null, features: [], details: [] };
    return { ...common, label: label || null, size: this.size, used: this.size, blockSize: 1024, clean: true };
  }

  /** Nothing in it is free: it was made in one piece. */
  async allocation(): Promise<AllocationResult> {
    const doubts = this.damage();
    if (doubts.length > 0) return { confidence: 'unknown', extents: null, reasons: doubts.map(({ message }) => message) };
    return { confidence: 'exact', extents: ExtentList.fromRanges([{ offset: 0, length: this.size }]), reasons: [] };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return [{ offset: 0, length: Math.min(512, this.size) }];
  }

  generation(signal: AbortSignal): Promise<Generation> {
    return computeGeneration(this.source, [{ offset: 0, length: Math.min(512, this.size) }], signal);
  }

  async signatures(): Promise<NamedRange[]> {
    return [{ ...superblock.range('magic'), name: 'romfs magic' }];
  }

  /** Nothing in it says where it lies. */
  async relocate({ newSize }: RelocateTarget): Promise<RelocateResult> {
    if (newSize < this.size) throw new RefusedError(`it spans ${this.size} bytes, its new place has only ${newSize}`);
    return { writes: [], warnings: [] };
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance> {
    yield superblock.instance(await this.source.read(0, superblock.size, signal), 0, 0, 'romfs');
    const waiting = [this.volume.root];
    const seen = new Set<number>();
    for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
      for await (const file of this.files(directory, signal)) {
        if (seen.has(file.offset) || seen.size >= MAX_FILES) break;
        seen.add(file.offset);
        const bytes = await this.source.read(file.offset, fileHeader.size, signal);
        yield fileHeader.instance(bytes, 0, file.offset, 'romfs.file');
        if (file.type === NODE_TYPES.indexOf('directory') && file.info !== directory) waiting.push(file.info);
      }
    }
  }

  async check(): Promise<Finding[]> {
    return this.damage();
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    const layout = edit.structureOffset === 0 ? superblock : fileHeader;
    return encodePlacedField([{ layout, offset: edit.structureOffset }], edit);
  }

  async *readdir(node: string, signal: AbortSignal): AsyncGenerator<FilesystemEntry> {
    for await (const link of this.files(await this.firstOf(node, signal), signal)) {
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

  /** What of the filesystem lies on the volume. */
  private get size(): number {
    return Math.min(this.volume.size, this.source.size);
  }

  /** The files of a directory, from its first header on. */
  private async *files(first: number, signal: AbortSignal): AsyncGenerator<RomFile> {
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

  private damage(): Finding[] {
    const ranges = [{ offset: 0, length: superblock.size }];
    const findings: Finding[] = [];
    if (this.volume.size > this.source.size) {
      const message = `it spans ${this.volume.size} bytes, its volume has only ${this.source.size}`;
      findings.push({ severity: 'error', code: 'romfs.size', message, ranges });
    }
    if (!this.volume.sound)
      findings.push({ severity: 'error', code: 'romfs.checksum', message: 'the checksum of its start does not fit', ranges });
    return findings;
  }
}

function nodeOf({ offset, type, size }: RomFile): FilesystemNode {
  return { node: String(offset), type: NODE_TYPES[type]!, size, mtime: null };
}
