import {
  computeGeneration,
  encodePlacedField,
  SharedResult,
  type AllocationResult,
  type EncodedField,
  type FieldEdit,
  type Filesystem,
  type RelocateResult,
  type RelocateTarget,
} from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { editableEntry, entryStructures } from '@diskwright/sdk/clusters';
import { type ExtentList, rangesMeet } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { allocationOf, unknownReasons } from './allocation';
import { readBootCopies } from './bootCopies';
import { checkFat } from './check';
import { uncleanFindings } from './cleanState';
import { directoryIndex } from './directoryIndex';
import { entryKinds } from './entryKinds';
import { FatFiles } from './files/fatFiles';
import { scanFats, type FatScan } from './fatScan';
import { readGeometry, type FatGeometry } from './geometry';
import { fatInfo, isInconsistent } from './info';
import { fatCommitExtents, fatGenerationRanges, fatSignatures } from './marks';
import { ownersOf } from './owners';
import { placedStructures, readInstance } from './placedStructures';
import { quickUsage } from './quickUsage';
import { relocateFat } from './relocate';

/** An open FAT12, FAT16 or FAT32 volume. The source stays the caller's. */
export class FatFilesystem implements Filesystem {
  private readonly scanned: SharedResult<FatScan>;
  private readonly directories: SharedResult<ExtentList>;
  readonly files: FatFiles;

  private constructor(
    private readonly source: BlockSource,
    private readonly startOffset: number,
    private readonly geometry: FatGeometry,
  ) {
    this.files = new FatFiles(source, geometry);
    this.directories = new SharedResult((signal) => directoryIndex(this.files.volume, signal));
    this.scanned = new SharedResult((signal) => scanFats(source, geometry, signal));
  }

  /** @throws DamagedStructureError when there is no FAT boot sector */
  static async open(source: BlockSource, startOffset: number, signal: AbortSignal): Promise<FatFilesystem> {
    return new FatFilesystem(source, startOffset, await readGeometry(source, signal));
  }

  async *ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncGenerator<Owner, void, undefined> {
    const { volume } = this.files;
    yield* ownersOf(volume, await this.scanned.get(signal), ranges, signal);
  }

  async info(signal: AbortSignal): Promise<FilesystemInfo> {
    const counted = isInconsistent(this.geometry) ? null : await quickUsage(this.source, this.geometry, signal);
    return fatInfo(this.source, this.geometry, counted ?? (await this.scan(signal)), await this.unclean(signal), signal);
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const reasons = unknownReasons(this.geometry, await this.unclean(signal));
    const scan = reasons.length === 0 ? await this.scan(signal) : null;
    return scan === null ? { confidence: 'unknown', extents: null, reasons } : allocationOf(scan);
  }

  async commitExtents(signal: AbortSignal): Promise<ByteRange[]> {
    const copies = await readBootCopies(this.source, this.geometry, signal);
    return fatCommitExtents(this.geometry, copies, this.source.size);
  }

  async generation(signal: AbortSignal): Promise<Generation> {
    const boot = [{ offset: 0, length: this.geometry.raw.length }];
    return computeGeneration(this.source, isInconsistent(this.geometry) ? boot : fatGenerationRanges(this.geometry), signal);
  }

  async signatures(signal: AbortSignal): Promise<NamedRange[]> {
    return fatSignatures(this.geometry, await readBootCopies(this.source, this.geometry, signal));
  }

  async relocate(target: RelocateTarget, signal: AbortSignal): Promise<RelocateResult> {
    const copies = await readBootCopies(this.source, this.geometry, signal);
    return relocateFat(this.geometry, copies, this.source, target);
  }

  async *structures(signal: AbortSignal, range?: ByteRange): AsyncGenerator<StructureInstance> {
    for (const placed of placedStructures(this.geometry, this.source.size)) {
      const place = { offset: placed.offset, length: placed.layout.size };
      if (!range || rangesMeet(place, range)) yield await readInstance(this.source, placed, signal);
    }
    if (!isInconsistent(this.geometry))
      yield* entryStructures(this.source, await this.directories.get(signal), entryKinds, signal, range);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const unclean = await this.unclean(signal);
    return [...unclean, ...(await checkFat(this.source, this.geometry, await this.scan(signal), this.startOffset, signal))];
  }

  async encodeField(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField> {
    const { rootOffset, size } = this.geometry;
    const entries = { offset: rootOffset, length: size - rootOffset };
    const entry = await editableEntry(this.source, entries, entryKinds, edit, signal);
    return encodePlacedField([...placedStructures(this.geometry, this.source.size), ...entry], edit);
  }

  /** Null while the boot sector is inconsistent. */
  private async scan(signal: AbortSignal): Promise<FatScan | null> {
    return isInconsistent(this.geometry) ? null : this.scanned.get(signal);
  }

  private async unclean(signal: AbortSignal): Promise<Finding[]> {
    return isInconsistent(this.geometry) ? [] : uncleanFindings(this.source, this.geometry, signal);
  }
}
