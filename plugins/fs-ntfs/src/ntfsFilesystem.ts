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
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { survey, type OpenVolume } from './allocation/survey';
import { watchedRanges } from './allocation/watchedRanges';
import { readBootCopies } from './boot/bootCopies';
import { readNtfsVolume } from './boot/ntfsVolume';
import { relocateNtfs } from './boot/relocate';
import { findBootCopyProblems } from './check/bootCopyProblems';
import { findFileProblems } from './check/fileProblems';
import { findMirrorProblems } from './check/mirrorProblems';
import { NtfsFiles } from './files/ntfsFiles';
import { describeVolume } from './info';
import { ownersOf } from './owners/ownersOf';
import { openTable } from './records/openTable';
import { listStructures } from './structureList';
import { fileRecordHeader } from './structures/fileRecord';
import { ntfsBootSector } from './structures/ntfsBootSector';

/** An open NTFS volume. What it keeps (boot sector, place of the table of files) never changes, so that calls may overlap. */
export class NtfsFilesystem implements Filesystem {
  private openFiles: NtfsFiles | undefined;

  private constructor(private readonly opened: OpenVolume) {}

  /** @throws DamagedStructureError when there is no NTFS boot sector */
  static async open(source: BlockSource, signal: AbortSignal): Promise<NtfsFilesystem> {
    const volume = await readNtfsVolume(source, signal);
    try {
      return new NtfsFilesystem({ source, volume, table: await openTable(source, volume, signal) });
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      // Its boot records can still be put right, and its findings told.
      return new NtfsFilesystem({ source, volume, table: error });
    }
  }

  /** @throws DamagedStructureError when the table of files cannot be read */
  get files(): NtfsFiles {
    const { table } = this.opened;
    if (table instanceof DamagedStructureError) throw table;
    return (this.openFiles ??= new NtfsFiles(table));
  }

  async *ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncGenerator<Owner, void, undefined> {
    yield* ownersOf(this.files.table, ranges, signal);
  }

  info(signal: AbortSignal): Promise<FilesystemInfo> {
    return describeVolume(this.opened, signal);
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const { problems, used } = await survey(this.opened, false, signal);
    if (!used) return { confidence: 'unknown', extents: null, reasons: problems.reasons('unknown') };
    const reasons = problems.reasons('conservative');
    return { confidence: reasons.length > 0 ? 'conservative' : 'exact', extents: used, reasons };
  }

  async commitExtents(signal: AbortSignal): Promise<ByteRange[]> {
    const copies = await this.bootCopies(signal);
    return copies.map(({ offset, raw }) => ({ offset, length: raw.length }));
  }

  async generation(signal: AbortSignal): Promise<Generation> {
    return computeGeneration(this.opened.source, await watchedRanges(this.opened, signal), signal);
  }

  async signatures(signal: AbortSignal): Promise<NamedRange[]> {
    // The signature word as well: without the name, libblkid takes what is left for a partition table.
    return (await this.bootCopies(signal)).flatMap(({ name, offset }) =>
      (['oemName', 'signature'] as const).map((field) => {
        const range = ntfsBootSector.range(field);
        const what = field === 'oemName' ? 'name' : 'signature';
        return { offset: offset + range.offset, length: range.length, name: `${name}: ${what}` };
      }),
    );
  }

  async relocate(target: RelocateTarget, signal: AbortSignal): Promise<RelocateResult> {
    return relocateNtfs(this.opened.source, await this.bootCopies(signal), target);
  }

  structures(signal: AbortSignal, range?: ByteRange): AsyncIterable<StructureInstance> {
    return listStructures(this.opened, signal, range);
  }

  async encodeField(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField> {
    const copies = await this.bootCopies(signal);
    const boots = copies.map(({ offset }) => ({ layout: ntfsBootSector, offset }));
    return encodePlacedField([...boots, { layout: fileRecordHeader, offset: edit.structureOffset }], edit);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const { problems } = await survey(this.opened, true, signal);
    findBootCopyProblems(await this.bootCopies(signal), problems);
    const { source, volume, table } = this.opened;
    const isWhole = volume.countedBytes <= source.size && !(table instanceof DamagedStructureError);
    if (isWhole) {
      await findMirrorProblems(table, problems, signal);
      await findFileProblems(table, problems, signal);
    }
    return problems.findings();
  }

  private bootCopies(signal: AbortSignal): ReturnType<typeof readBootCopies> {
    return readBootCopies(this.opened.source, this.opened.volume, signal);
  }
}
