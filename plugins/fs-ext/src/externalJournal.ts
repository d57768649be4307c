import { computeGeneration, type AllocationResult, type EncodedField, type FieldEdit, type Filesystem } from '@diskwright/sdk';
import type { RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange, FilesystemInfo, Finding, Generation, NamedRange, StructureInstance } from '@diskwright/sdk/protocol';
import { encodeField } from './encodeField';
import { describeVolume } from './info';
import { ProblemList } from '@diskwright/sdk';
import { relocate } from './relocate';
import { journalMagic, journalSuperblock } from './structures/journalSuperblock';
import { superblock, superblockBytes, superblockOffset } from './structures/superblock';
import { superblockInstance } from './structureList';
import { findChecksumProblems, findSizeProblems } from './superblockProblems';
import { commitRange, type ExtVolume } from './volume';

/**
 * A device that holds nothing but the journal of an ext filesystem elsewhere: an ext superblock with journal_dev, then the journal
 * (e2fsprogs, lib/ext2fs/mkjournal.c, `ext2fs_create_journal_superblock2`). All of it counts as used, whether there is something to replay or not.
 */
export class ExternalJournal implements Filesystem {
  constructor(private readonly volume: ExtVolume) {}

  /** Whether there is a journal, all of it on the volume. */
  async isWhole(signal: AbortSignal): Promise<boolean> {
    return !(await this.problems(signal)).hidesAllocation;
  }

  info(signal: AbortSignal): Promise<FilesystemInfo> {
    return describeVolume(this.volume, signal);
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const problems = await this.problems(signal);
    if (problems.hidesAllocation) return { confidence: 'unknown', extents: null, reasons: problems.reasons('unknown') };
    const used = ExtentList.fromRanges([{ offset: 0, length: this.volume.size }, commitRange(this.volume.source)]);
    return { confidence: 'exact', extents: used, reasons: [] };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return [commitRange(this.volume.source)];
  }

  /** Covers both superblocks: a transaction that begins or ends changes that of the journal. */
  async generation(signal: AbortSignal): Promise<Generation> {
    const ranges: ByteRange[] = [{ offset: superblockOffset, length: superblockBytes }];
    if (this.hasLog) ranges.push({ offset: this.logOffset, length: journalSuperblock.size });
    return computeGeneration(this.volume.source, ranges, signal);
  }

  async signatures(): Promise<NamedRange[]> {
    const magic = superblock.range('magic');
    return [{ offset: superblockOffset + magic.offset, length: magic.length, name: 'ext superblock magic' }];
  }

  async relocate(target: RelocateTarget): Promise<RelocateResult> {
    return relocate(this.volume, target);
  }

  async *structures(signal: AbortSignal): AsyncGenerator<StructureInstance> {
    yield superblockInstance(this.volume.superblockBytes, superblockOffset);
    if (!this.hasLog) return;
    const bytes = await this.volume.source.read(this.logOffset, journalSuperblock.size, signal);
    yield journalSuperblock.instance(bytes, 0, this.logOffset, 'ext.journal');
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    return (await this.problems(signal)).findings();
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    return encodeField(this.volume, [superblock, journalSuperblock], edit);
  }

  /** Where the journal's own superblock lies: behind the block of the ext superblock (`ext2fs_journal_sb_start`). */
  private get logOffset(): number {
    return this.volume.blockSize === 1024 ? 2048 : this.volume.blockSize;
  }

  private get hasLog(): boolean {
    return this.logOffset <= this.volume.source.size - journalSuperblock.size;
  }

  private async problems(signal: AbortSignal): Promise<ProblemList> {
    const problems = new ProblemList();
    findChecksumProblems(this.volume, problems);
    findSizeProblems(this.volume, problems);
    if (!this.hasLog) return problems;
    const log = journalSuperblock.read(await this.volume.source.read(this.logOffset, journalSuperblock.size, signal));
    if (log.magic === journalMagic) return problems;
    problems.add({
      severity: 'error',
      code: 'ext.journal.magic',
      effect: 'unknown',
      message: 'There is no journal behind the superblock of this external journal: wrong magic number.',
      ranges: [{ offset: this.logOffset, length: journalSuperblock.size }],
    });
    return problems;
  }
}
