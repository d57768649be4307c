import { computeGeneration, encodePlacedField } from '@diskwright/sdk';
import type { AllocationResult, EncodedField, FieldEdit, Filesystem, RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { readOrNull } from '@diskwright/sdk/files';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { findBackupProblems } from './check/backupProblems';
import { findFileProblems } from './check/fileProblems';
import { findGroupProblems } from './check/groupProblems';
import { XfsFiles } from './files/xfsFiles';
import { HEADER_SECTORS, headerOffset } from './groups/groupHeaders';
import { describeVolume } from './info';
import { readLogState } from './logState';
import { ownersOf } from './owners/ownersOf';
import { relocate } from './relocate';
import { listStructures } from './structureList';
import { freeListHeader, freeSpaceHeader, inodesHeader } from './structures/groupHeaders';
import { inode } from './structures/inode';
import { superblock } from './structures/superblock';
import { survey } from './survey';
import { COMMIT_BYTES, type XfsVolume } from './volume';

const MAXIMUM_SIGNATURES = 256;
const MAXIMUM_GENERATION_RANGES = 4096;
const MAGIC_BYTES = 4;

/** An open XFS volume. What it keeps (the superblock) never changes, so that calls may overlap. */
export class XfsFilesystem implements Filesystem {
  readonly files: XfsFiles;

  constructor(private readonly volume: XfsVolume) {
    this.files = new XfsFiles(volume);
  }

  ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncIterable<Owner> {
    return ownersOf(this.volume, this.files.table, ranges, signal);
  }

  info(signal: AbortSignal): Promise<FilesystemInfo> {
    return describeVolume(this.volume, signal);
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const { problems, used } = await survey(this.volume, false, signal);
    if (!used) return { confidence: 'unknown', extents: null, reasons: problems.reasons('unknown') };
    const reasons = problems.reasons('conservative');
    return { confidence: reasons.length > 0 ? 'conservative' : 'exact', extents: used, reasons };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return [{ offset: 0, length: Math.min(COMMIT_BYTES, this.volume.source.size) }];
  }

  /**
   * Covers the headers of the groups, superblock included, which change with whatever is allocated or freed, and the end of the log, which moves with
   * every change.
   */
  async generation(signal: AbortSignal): Promise<Generation> {
    const { volume } = this;
    const { groupsCount, sectorSize } = volume.geometry;
    const log = await readOrNull(() => readLogState(volume, signal));
    const ranges: ByteRange[] = [];
    const length = HEADER_SECTORS * sectorSize;
    // Beyond 4096 groups the log alone must do for the rest.
    for (let group = 0; group < groupsCount && ranges.length < MAXIMUM_GENERATION_RANGES - 2; group++) {
      const offset = headerOffset(volume, group, 0);
      if (offset <= volume.source.size - length) ranges.push({ offset, length });
    }
    const apart = (log?.head ?? []).filter(({ offset }) => offset >= length);
    return computeGeneration(
      volume.source,
      [...ranges, ...apart].sort((a, b) => a.offset - b.offset),
      signal,
    );
  }

  async signatures(): Promise<NamedRange[]> {
    const { volume } = this;
    const signatures: NamedRange[] = [];
    for (let group = 0; group < volume.readableGroups && signatures.length < MAXIMUM_SIGNATURES; group++) {
      const name = group === 0 ? 'XFS superblock magic' : `XFS backup superblock magic, group ${group}`;
      const offset = headerOffset(volume, group, 0);
      if (offset <= volume.source.size - MAGIC_BYTES) signatures.push({ offset, length: MAGIC_BYTES, name });
    }
    return signatures;
  }

  async relocate(target: RelocateTarget): Promise<RelocateResult> {
    return relocate(this.volume, target);
  }

  structures(signal: AbortSignal, range?: ByteRange): AsyncIterable<StructureInstance> {
    return listStructures(this.volume, signal, range);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const { volume } = this;
    const { problems } = await survey(volume, true, signal);
    if (volume.size <= volume.source.size) {
      await findBackupProblems(volume, problems, signal);
      await findGroupProblems(volume, problems, signal);
      await findFileProblems(this.files.table, problems, signal);
    }
    return problems.findings();
  }

  /** Checksums are fields of their own that have to follow; until they do, the structure shows it as a finding, with the right value. */
  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    const offset = edit.structureOffset;
    const layouts = [superblock, freeSpaceHeader, inodesHeader, freeListHeader, inode];
    const onVolume = layouts.filter(({ size }) => offset >= 0 && offset <= this.volume.source.size - size);
    return encodePlacedField(
      onVolume.map((layout) => ({ layout, offset })),
      edit,
    );
  }
}
