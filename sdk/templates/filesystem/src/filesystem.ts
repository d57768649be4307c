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
import { readSuperblock, type Superblock, superblock } from './superblock';

const SUPERBLOCK: ByteRange = { offset: 0, length: superblock.size };

/** An open volume. Offsets are bytes from its start. */
export class ExampleFilesystem implements Filesystem {
  private constructor(
    private readonly source: BlockSource,
    private readonly values: Superblock,
  ) {}

  /** @throws DamagedStructureError when there is no superblock that makes sense */
  static async open(source: BlockSource, signal: AbortSignal): Promise<ExampleFilesystem> {
    const values = await readSuperblock(source, signal);
    if (!values) throw new DamagedStructureError(superblock.name, 'it is not one', SUPERBLOCK);
    return new ExampleFilesystem(source, values);
  }

  async info(): Promise<FilesystemInfo> {
    const { blockBytes, usedCount, mounted, label } = this.values;
    const common = { type: 'example-name', uuid: null, sectorSize: null, features: [], details: [] };
    const used = this.damage().length > 0 ? null : usedCount * blockBytes;
    return { ...common, label: label || null, size: this.size, used, blockSize: blockBytes, clean: mounted === 0 };
  }

  /** What a clone copies. Too much is safe, one used block that is missing is lost data: whoever is not sure says `unknown`. */
  async allocation(): Promise<AllocationResult> {
    const doubts = [...this.damage(), ...this.uncleanness()];
    if (doubts.length > 0) return { confidence: 'unknown', extents: null, reasons: doubts.map(({ message }) => message) };
    const length = Math.max(this.values.usedCount * this.values.blockBytes, superblock.size);
    return { confidence: 'exact', extents: ExtentList.fromRanges([{ offset: 0, length }]), reasons: [] };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return [SUPERBLOCK];
  }

  generation(signal: AbortSignal): Promise<Generation> {
    return computeGeneration(this.source, [SUPERBLOCK], signal);
  }

  async signatures(): Promise<NamedRange[]> {
    return [{ ...superblock.range('magic'), name: 'magic bytes' }];
  }

  /** Nothing in it says where it lies. */
  async relocate({ newSize, newSectorSize }: RelocateTarget): Promise<RelocateResult> {
    if (newSize < this.size) throw new RefusedError(`it spans ${this.size} bytes, its new place has only ${newSize}`);
    if (newSectorSize > this.values.blockBytes)
      throw new RefusedError(`blocks of ${this.values.blockBytes} bytes cannot be read from sectors of ${newSectorSize}`);
    return { writes: [], warnings: [] };
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance> {
    const bytes = await this.source.read(0, superblock.size, signal);
    yield superblock.instance(bytes, 0, 0, 'example-name');
  }

  async check(): Promise<Finding[]> {
    return [...this.damage(), ...this.uncleanness()];
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    return encodePlacedField([{ layout: superblock, offset: 0 }], edit);
  }

  private get size(): number {
    return Math.min(this.values.blockCount * this.values.blockBytes, this.source.size);
  }

  private damage(): Finding[] {
    const { blockBytes, blockCount, usedCount } = this.values;
    const findings: Finding[] = [];
    if (blockCount * blockBytes > this.source.size)
      findings.push(finding('error', 'size', `it spans ${blockCount * blockBytes} bytes, its volume has ${this.source.size}`));
    if (usedCount > blockCount)
      findings.push(finding('error', 'used', `${usedCount} blocks are in use, but there are only ${blockCount}`));
    return findings;
  }

  private uncleanness(): Finding[] {
    return this.values.mounted === 0 ? [] : [finding('warning', 'mounted', 'it is mounted, or was not unmounted')];
  }
}

function finding(severity: Finding['severity'], code: string, message: string): Finding {
  return { severity, code: `example-name.${code}`, message, ranges: [SUPERBLOCK] };
}
