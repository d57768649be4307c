import {
  type AllocationResult,
  computeGeneration,
  type EncodedField,
  encodePlacedField,
  type FieldEdit,
  type Filesystem,
  type RelocateResult,
  type RelocateTarget,
} from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, RefusedError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, FilesystemInfo, Finding, Generation, NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import { fileHeader, NODE_TYPES, readVolume, type RomVolume, superblock } from './layout';
import { MAX_FILES, RomFiles } from './romFiles';

/** An open romfs. */
export class RomFilesystem implements Filesystem {
  readonly files: RomFiles;

  private constructor(
    private readonly source: BlockSource,
    private readonly volume: RomVolume,
  ) {
    this.files = new RomFiles(source, volume);
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
      for await (const file of this.files.chain(directory, signal)) {
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

  /** What of the filesystem lies on the volume. */
  private get size(): number {
    return Math.min(this.volume.size, this.source.size);
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
