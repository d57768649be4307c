import {
  computeGeneration,
  encodePlacedField,
  type AllocationResult,
  type EncodedField,
  type FieldEdit,
  type Filesystem,
  type RelocateResult,
  type RelocateTarget,
} from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { RefusedError } from '@diskwright/sdk/errors';
import type { ByteRange, FilesystemInfo, Finding, Generation, NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import type { KnownVolume } from './knownFormat';

/** Whole pages, so that what is copied before and after stays in step with them. */
const COMMIT_ALIGNMENT = 4096;

/** A volume of which is known what it is, and no more: all of it is copied. */
export class NamedVolume implements Filesystem {
  constructor(
    private readonly source: BlockSource,
    private readonly known: KnownVolume,
  ) {}

  async info(): Promise<FilesystemInfo> {
    const { type, label = null, uuid = null, size, blockSize = this.source.sectorSize, details = [] } = this.known;
    const isSound = size !== undefined && size > 0 && size <= this.source.size;
    return {
      type,
      label,
      uuid,
      size: isSound ? size : this.source.size,
      used: null,
      blockSize: Number.isSafeInteger(blockSize) && blockSize > 0 ? blockSize : this.source.sectorSize,
      clean: false,
      stateUnknown: true,
      sectorSize: null,
      features: [],
      details,
    };
  }

  async allocation(): Promise<AllocationResult> {
    return { confidence: 'unknown', extents: null, reasons: [`no plugin reads ${this.known.what}, so all of it is copied`] };
  }

  async commitExtents(): Promise<ByteRange[]> {
    const { offset, length } = this.known.superblock;
    const start = Math.floor(offset / COMMIT_ALIGNMENT) * COMMIT_ALIGNMENT;
    const end = Math.min(Math.ceil((offset + length) / COMMIT_ALIGNMENT) * COMMIT_ALIGNMENT, this.source.size);
    return [{ offset: start, length: end - start }];
  }

  async generation(signal: AbortSignal): Promise<Generation> {
    return computeGeneration(this.source, await this.commitExtents(), signal);
  }

  async signatures(): Promise<NamedRange[]> {
    return [this.known.magic];
  }

  async relocate({ newSize }: RelocateTarget): Promise<RelocateResult> {
    if (newSize < this.source.size)
      throw new RefusedError(`its new place has only ${newSize} bytes, and of ${this.known.what} nobody knows what is free`, {
        todo: `Choose a place of at least ${this.source.size} bytes.`,
      });
    return { writes: [], warnings: [] };
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance, void, undefined> {
    const { offset, length, instance } = this.known.superblock;
    yield instance(await this.source.read(offset, length, signal));
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    return encodePlacedField([this.known.superblock], edit);
  }

  async check(): Promise<Finding[]> {
    const { type, what, size, superblock } = this.known;
    const range = { offset: superblock.offset, length: superblock.length };
    const findings: Finding[] = [
      { severity: 'info', code: `${type}.notRead`, message: `this is ${what}, which no plugin reads`, ranges: [range] },
    ];
    if (size !== undefined && size > this.source.size)
      findings.push({
        severity: 'error',
        code: `${type}.size`,
        message: `it spans ${size} bytes, but its volume has only ${this.source.size}`,
        ranges: [range],
      });
    return findings;
  }
}
