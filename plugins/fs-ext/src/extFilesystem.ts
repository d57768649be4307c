import { computeGeneration, type AllocationResult, type EncodedField, type FieldEdit, type Filesystem } from '@diskwright/sdk';
import { SharedResult, type RelocateResult, type RelocateTarget } from '@diskwright/sdk';
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
import { findBackupProblems } from './backupProblems';
import { encodeField } from './encodeField';
import { ExtFiles } from './files/extFiles';
import { findFileProblems } from './files/fileProblems';
import { descriptorLayout, GroupTable } from './groupTable';
import { describeVolume } from './info';
import { inodeLayout, inodesMeeting } from './inodeStructures';
import { InodeTable } from './files/inodeTable';
import { readOrNull } from '@diskwright/sdk/files';
import { journalBlocksMeeting, journalLayouts } from './journal/journalStructures';
import { withJournalReplayed } from './journal/replay';
import { hasInternalJournal } from './journalProblems';
import { ownersOf } from './owners/ownersOf';
import { relocate } from './relocate';
import { multiMountBlock } from './structures/multiMountBlock';
import { superblock, superblockBytes, superblockOffset } from './structures/superblock';
import { backupSuperblocks, listStructures } from './structureList';
import { survey } from './survey';
import { commitRange, type ExtVolume } from './volume';

const maximumSignatures = 256;
const maximumGenerationRanges = 4096;

/**
 * An open ext2, ext3 or ext4 volume. What it keeps (superblock, group descriptors) never changes, so that calls may overlap. Files, allocation and findings are those of
 * the volume as its journal would leave it; structures, signatures and generation are about the bytes of the device.
 */
export class ExtFilesystem implements Filesystem {
  readonly files: ExtFiles;
  /** The volume as its journal would leave it. Read when it is first asked for: a log may be a gibibyte. */
  private readonly replayed: SharedResult<ExtVolume>;

  /** @param device the volume without what its journal holds */
  constructor(private readonly device: ExtVolume) {
    this.replayed = new SharedResult((signal) => withJournalReplayed(device, 'verified', signal));
    this.files = new ExtFiles(this.replayed);
  }

  async *ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncGenerator<Owner, void, undefined> {
    yield* ownersOf(await this.replayed.get(signal), await this.files.table(signal), ranges, signal);
  }

  async info(signal: AbortSignal): Promise<FilesystemInfo> {
    return describeVolume(await withJournalReplayed(this.device, 'counted', signal), signal);
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const { problems, used } = await survey(await this.replayed.get(signal), false, signal);
    if (!used) return { confidence: 'unknown', extents: null, reasons: problems.reasons('unknown') };
    const reasons = problems.reasons('conservative');
    return { confidence: reasons.length > 0 ? 'conservative' : 'exact', extents: used, reasons };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return [commitRange(this.device.source)];
  }

  /**
   * Covers superblock and group descriptors: mounting for writing changes the superblock (mount time, needs_recovery), and whatever allocates or
   * frees a block changes its group's counts and checksums.
   */
  async generation(signal: AbortSignal): Promise<Generation> {
    const { source, geometry } = this.device;
    const ranges: ByteRange[] = [{ offset: superblockOffset, length: superblockBytes }];
    if (!(geometry instanceof DamagedStructureError)) {
      // Beyond 4096 places (meta_bg on more than 32 TiB) the superblock's own counts and times must do for the rest.
      const inside = GroupTable.ranges(geometry).filter(({ offset, length }) => offset <= source.size - length);
      ranges.push(...inside.slice(0, maximumGenerationRanges - 1));
    }
    return computeGeneration(source, ranges, signal);
  }

  async signatures(): Promise<NamedRange[]> {
    const { geometry } = this.device;
    const magic = superblock.range('magic');
    const signatures = [{ offset: superblockOffset + magic.offset, length: magic.length, name: 'ext superblock magic' }];
    if (geometry instanceof DamagedStructureError) return signatures;
    for (const { group, offset } of backupSuperblocks(this.device, geometry)) {
      if (signatures.length === maximumSignatures) break;
      signatures.push({
        offset: offset + magic.offset,
        length: magic.length,
        name: `ext backup superblock magic, group ${group}`,
      });
    }
    return signatures;
  }

  async relocate(target: RelocateTarget): Promise<RelocateResult> {
    return relocate(this.device, target);
  }

  /** Of the device as it is: what the journal would change is not shown. */
  async *structures(signal: AbortSignal, range?: ByteRange): AsyncGenerator<StructureInstance, void, undefined> {
    const { device } = this;
    yield* listStructures(device, signal, range);
    if (!range || device.size > device.source.size) return;
    const table = await readOrNull(() => InodeTable.open(device, signal));
    if (!table) return;
    yield* inodesMeeting(table, device.source, range, signal);
    if (hasInternalJournal(device)) yield* journalBlocksMeeting(table, device.superblock.journalInode, range, signal);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const volume = await this.replayed.get(signal);
    const { problems } = await survey(volume, true, signal);
    const { geometry } = volume;
    if (geometry instanceof DamagedStructureError) return problems.findings();
    await findBackupProblems(volume, geometry, problems, signal);
    // Where the table of groups cannot be read, that is a finding already.
    const table = await readOrNull(() => this.files.table(signal));
    const isWhole = volume.size <= volume.source.size;
    if (table && isWhole) await findFileProblems(table, volume.superblock.firstInode || 11, problems, signal);
    return problems.findings();
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    const { geometry } = this.device;
    const placed = geometry instanceof DamagedStructureError ? [] : [descriptorLayout(geometry), inodeLayout(geometry.inodeSize)];
    // Inodes are shown with their numbers.
    const structure = edit.structure.replace(/^(ext inode) \d+$/, '$1');
    return encodeField(this.device, [superblock, multiMountBlock, ...journalLayouts, ...placed], { ...edit, structure });
  }
}
