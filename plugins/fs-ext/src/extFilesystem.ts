import { computeGeneration, type AllocationResult, type EncodedField, type FieldEdit, type Filesystem } from '@diskwright/sdk';
import type { FileContent, NamedStream, RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type {
  ByteRange,
  FilesystemEntry,
  FilesystemInfo,
  FilesystemNode,
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
import { ROOT_INODE } from './files/rootInode';
import { descriptorLayout, GroupTable } from './groupTable';
import { describeVolume } from './info';
import { readOrNull } from './owners/blockUsage';
import { ownersOf } from './owners/ownersOf';
import { relocate } from './relocate';
import { multiMountBlock } from './structures/multiMountBlock';
import { superblock, superblockBytes, superblockOffset } from './structures/superblock';
import { backupSuperblocks, listStructures } from './structureList';
import { survey } from './survey';
import { commitRange, type ExtVolume } from './volume';

const maximumSignatures = 256;
const maximumGenerationRanges = 4096;

/** An open ext2, ext3 or ext4 volume. What it keeps (superblock, group descriptors) never changes, so that calls may overlap. */
export class ExtFilesystem implements Filesystem {
  /** Details come with `lookup('/')`: this one is known without reading. */
  readonly root: FilesystemNode = { node: String(ROOT_INODE), type: 'directory', size: 0, mtime: null };
  private readonly files: ExtFiles;

  constructor(private readonly volume: ExtVolume) {
    this.files = new ExtFiles(volume);
  }

  readdir(node: string, signal: AbortSignal): AsyncIterable<FilesystemEntry> {
    return this.files.readdir(node, signal);
  }

  stat(node: string, signal: AbortSignal): Promise<FilesystemNode & { details: [name: string, value: string][] }> {
    return this.files.stat(node, signal);
  }

  lookup(path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
    return this.files.lookup(path, signal);
  }

  readlink(node: string, signal: AbortSignal): Promise<string> {
    return this.files.readlink(node, signal);
  }

  contentOf(node: string, stream: string | undefined, signal: AbortSignal): Promise<FileContent> {
    return this.files.contentOf(node, stream, signal);
  }

  streams(node: string, signal: AbortSignal): Promise<NamedStream[]> {
    return this.files.streams(node, signal);
  }

  extentsOf(node: string, signal: AbortSignal): Promise<ByteRange[]> {
    return this.files.extentsOf(node, signal);
  }

  async *ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncGenerator<Owner, void, undefined> {
    yield* ownersOf(this.volume, await this.files.table(signal), ranges, signal);
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
    return [commitRange(this.volume.source)];
  }

  /**
   * Covers superblock and group descriptors: mounting for writing changes the superblock (mount time, needs_recovery), and whatever allocates or
   * frees a block changes its group's counts and checksums.
   */
  async generation(signal: AbortSignal): Promise<Generation> {
    const { source, geometry } = this.volume;
    const ranges: ByteRange[] = [{ offset: superblockOffset, length: superblockBytes }];
    if (!(geometry instanceof DamagedStructureError)) {
      // Beyond 4096 places (meta_bg on more than 32 TiB) the superblock's own counts and times must do for the rest.
      const inside = GroupTable.ranges(geometry).filter(({ offset, length }) => offset <= source.size - length);
      ranges.push(...inside.slice(0, maximumGenerationRanges - 1));
    }
    return computeGeneration(source, ranges, signal);
  }

  async signatures(): Promise<NamedRange[]> {
    const { geometry } = this.volume;
    const magic = superblock.range('magic');
    const signatures = [{ offset: superblockOffset + magic.offset, length: magic.length, name: 'ext superblock magic' }];
    if (geometry instanceof DamagedStructureError) return signatures;
    for (const { group, offset } of backupSuperblocks(this.volume, geometry)) {
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
    return relocate(this.volume, target);
  }

  structures(signal: AbortSignal, range?: ByteRange): AsyncIterable<StructureInstance> {
    return listStructures(this.volume, signal, range);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    const { problems } = await survey(this.volume, true, signal);
    const { geometry } = this.volume;
    if (geometry instanceof DamagedStructureError) return problems.findings();
    await findBackupProblems(this.volume, geometry, problems, signal);
    // Where the table of groups cannot be read, that is a finding already.
    const table = await readOrNull(() => this.files.table(signal));
    const isWhole = this.volume.size <= this.volume.source.size;
    if (table && isWhole) await findFileProblems(table, this.volume.superblock.firstInode || 11, problems, signal);
    return problems.findings();
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    const { geometry } = this.volume;
    const descriptor = geometry instanceof DamagedStructureError ? [] : [descriptorLayout(geometry)];
    return encodeField(this.volume, [superblock, multiMountBlock, ...descriptor], edit);
  }
}
