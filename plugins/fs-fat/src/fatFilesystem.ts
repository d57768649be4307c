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
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, FilesystemInfo, Finding, Generation, NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import { allocationOf, unknownReasons } from './allocation';
import { readBootCopies } from './bootCopies';
import { checkFat } from './check';
import { uncleanFindings } from './cleanState';
import { scanFats, type FatScan } from './fatScan';
import { readGeometry, type FatGeometry } from './geometry';
import { fatInfo, isInconsistent } from './info';
import { fatCommitExtents, fatGenerationRanges, fatSignatures } from './marks';
import { placedStructures, readInstance } from './placedStructures';
import { quickUsage } from './quickUsage';
import { relocateFat } from './relocate';

/** An open FAT12, FAT16 or FAT32 volume. The source stays the caller's. */
export class FatFilesystem implements Filesystem {
  private scanned: Promise<FatScan> | undefined;

  private constructor(
    private readonly source: BlockSource,
    private readonly startOffset: number,
    private readonly geometry: FatGeometry,
  ) {}

  /** @throws DamagedStructureError when there is no FAT boot sector */
  static async open(source: BlockSource, startOffset: number, signal: AbortSignal): Promise<FatFilesystem> {
    return new FatFilesystem(source, startOffset, await readGeometry(source, signal));
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
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const unclean = await this.unclean(signal);
    return [...unclean, ...(await checkFat(this.source, this.geometry, await this.scan(signal), this.startOffset, signal))];
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    return encodePlacedField(placedStructures(this.geometry, this.source.size), edit);
  }

  /** Null while the boot sector is inconsistent. Kept and shared: a lease keeps writers out. */
  private async scan(signal: AbortSignal): Promise<FatScan | null> {
    if (isInconsistent(this.geometry)) return null;
    const running = this.scanned;
    const scanned = running ?? (this.scanned = scanFats(this.source, this.geometry, signal));
    try {
      return await scanned;
    } catch (error) {
      if (this.scanned === scanned) this.scanned = undefined;
      // It was another caller's scan, who may have cancelled it.
      if (running !== undefined && !signal.aborted) return this.scan(signal);
      throw error;
    }
  }

  private async unclean(signal: AbortSignal): Promise<Finding[]> {
    return isInconsistent(this.geometry) ? [] : uncleanFindings(this.source, this.geometry, signal);
  }
}
