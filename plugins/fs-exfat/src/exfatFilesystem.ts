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
import { editableEntry, entryStructures, joinedGaps } from '@diskwright/sdk/clusters';
import { type ExtentList, ExtentListBuilder, rangesMeet } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { bitmapRanges } from './bitmap';
import { readBootRegions } from './bootRegion';
import { checkExfat } from './check';
import { directoryIndex } from './directoryIndex';
import { entryKinds } from './entryKinds';
import { ExfatFiles } from './files/exfatFiles';
import { type ExfatGeometry, isInconsistent, readGeometry } from './geometry';
import { exfatInfo } from './info';
import { commitExtents, signatures } from './marks';
import { ownersOf } from './owners';
import { placedStructures, readInstance } from './placedStructures';
import { relocateExfat } from './relocate';
import { type Survey, surveyVolume } from './survey';

const MOST_GENERATION_RANGES = 4000;

/** An open exFAT volume. The source stays the caller's. */
export class ExfatFilesystem implements Filesystem {
  readonly files: ExfatFiles;
  private readonly surveyed: SharedResult<Survey>;
  private readonly directories: SharedResult<ExtentList>;

  private constructor(
    private readonly source: BlockSource,
    private readonly startOffset: number,
    private readonly geometry: ExfatGeometry,
  ) {
    this.files = new ExfatFiles(source, geometry);
    this.surveyed = new SharedResult((signal) => surveyVolume(this.files.volume, signal));
    this.directories = new SharedResult((signal) => directoryIndex(this.files.volume, signal));
  }

  /** @throws DamagedStructureError when there is no exFAT boot sector */
  static async open(source: BlockSource, startOffset: number, signal: AbortSignal): Promise<ExfatFilesystem> {
    return new ExfatFilesystem(source, startOffset, await readGeometry(source, signal));
  }

  async *ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncGenerator<Owner, void, undefined> {
    const { volume } = this.files;
    yield* ownersOf(volume, await this.surveyed.get(signal), ranges, signal);
  }

  async info(signal: AbortSignal): Promise<FilesystemInfo> {
    return exfatInfo(this.geometry, await this.survey(signal));
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const survey = await this.survey(signal);
    const problems = [
      ...this.geometry.problems.filter(({ severity }) => severity === 'error'),
      ...(survey ? [...survey.unclean, ...survey.doubts] : []),
    ];
    const reasons = problems.map(({ message }) => message).slice(0, 64);
    if (reasons.length > 0 || !survey?.used) return { confidence: 'unknown', extents: null, reasons };
    const builder = new ExtentListBuilder().add(0, this.geometry.dataOffset);
    for (const { offset, length } of survey.used.extents) builder.add(offset, length);
    const { joinedGap } = survey.used;
    if (joinedGap > 0) reasons.push(joinedGaps(joinedGap));
    return { confidence: joinedGap > 0 ? 'conservative' : 'exact', extents: builder.build(), reasons };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return commitExtents(this.geometry, this.source.size);
  }

  /**
   * Covers the boot regions (the dirty flag), the FAT, the bitmap and the root directory's first cluster. Without a bitmap that can be found, what is before
   * the first cluster.
   */
  async generation(signal: AbortSignal): Promise<Generation> {
    const boot = commitExtents(this.geometry, this.source.size);
    const survey = await this.survey(signal);
    if (!survey) return computeGeneration(this.source, boot, signal);
    const { dataOffset, clusterBytes, rootCluster, fatOffset, fatBytes } = this.geometry;
    const ranges = [
      ...boot,
      { offset: fatOffset, length: fatBytes },
      { offset: dataOffset + (rootCluster - 2) * clusterBytes, length: Math.min(clusterBytes, 1024 * 1024) },
    ];
    if (survey.used && survey.root.bitmap) ranges.push(...(await bitmapRanges(this.files.volume, survey.root.bitmap, signal)));
    return computeGeneration(this.source, ranges.slice(0, MOST_GENERATION_RANGES), signal);
  }

  async signatures(signal: AbortSignal): Promise<NamedRange[]> {
    return signatures(await readBootRegions(this.source, this.geometry, signal));
  }

  async relocate(target: RelocateTarget, signal: AbortSignal): Promise<RelocateResult> {
    return relocateExfat(this.geometry, await readBootRegions(this.source, this.geometry, signal), this.source, target);
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
    const survey = await this.survey(signal);
    return checkExfat(this.source, this.geometry, this.startOffset, survey && { survey, volume: this.files.volume }, signal);
  }

  async encodeField(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField> {
    const { dataOffset, size } = this.geometry;
    const entries = { offset: dataOffset, length: size - dataOffset };
    const entry = await editableEntry(this.source, entries, entryKinds, edit, signal);
    return encodePlacedField([...placedStructures(this.geometry, this.source.size), ...entry], edit);
  }

  /** Null while the boot sector is inconsistent. */
  private async survey(signal: AbortSignal): Promise<Survey | null> {
    return isInconsistent(this.geometry) ? null : this.surveyed.get(signal);
  }
}
