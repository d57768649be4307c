import { computeGeneration } from '@diskwright/sdk';
import type { AllocationResult, EncodedField, FieldEdit, Filesystem, RelocateResult, RelocateTarget } from '@diskwright/sdk';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { findProblems } from './check/findProblems';
import { BtrfsFiles } from './files/btrfsFiles';
import { describeVolume } from './info';
import { ownersOf } from './owners/ownersOf';
import { relocate } from './relocate';
import { encodeField, listStructures } from './structureList';
import { superblock, SUPERBLOCK_BYTES } from './structures/superblock';
import { survey } from './survey';
import type { BtrfsVolume } from './volume';

/** An open btrfs volume. What it keeps (superblock, chunks, subvolumes) never changes, so that calls may overlap. */
export class BtrfsFilesystem implements Filesystem {
  readonly files: BtrfsFiles;

  constructor(private readonly volume: BtrfsVolume) {
    this.files = new BtrfsFiles(volume);
  }

  info(signal: AbortSignal): Promise<FilesystemInfo> {
    return describeVolume(this.volume, this.files.table.subvolumes, signal);
  }

  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    const { problems, used } = await survey(this.volume, false, signal);
    if (!used) return { confidence: 'unknown', extents: null, reasons: problems.reasons('unknown') };
    const reasons = problems.reasons('conservative');
    return { confidence: reasons.length > 0 ? 'conservative' : 'exact', extents: used, reasons };
  }

  async commitExtents(): Promise<ByteRange[]> {
    return this.volume.copies.map(({ offset }) => ({ offset, length: SUPERBLOCK_BYTES }));
  }

  /** The superblocks alone: nothing changes without a new one, which holds the checksum of what leads to everything else. */
  async generation(signal: AbortSignal): Promise<Generation> {
    return computeGeneration(this.volume.source, await this.commitExtents(), signal);
  }

  async signatures(): Promise<NamedRange[]> {
    const { offset: at, length } = superblock.range('magic');
    return this.volume.copies.map(({ offset }, index) => ({
      offset: offset + at,
      length,
      name: index === 0 ? 'btrfs superblock magic' : `btrfs superblock magic, copy ${index}`,
    }));
  }

  async relocate(target: RelocateTarget): Promise<RelocateResult> {
    return relocate(this.volume, target);
  }

  ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncIterable<Owner> {
    return ownersOf(this.files.table, ranges, signal);
  }

  structures(signal: AbortSignal, range?: ByteRange): AsyncIterable<StructureInstance> {
    return listStructures(this.volume, signal, range);
  }

  /** Checksums are fields of their own that have to follow; until they do, the structure shows it as a finding, with the right value. */
  encodeField(edit: FieldEdit, signal: AbortSignal): Promise<EncodedField> {
    return encodeField(this.volume, edit, signal);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    return (await findProblems(this.volume, signal)).findings();
  }
}
