import { computeGeneration, encodePlacedField } from '@diskwright/sdk';
import type { AllocationResult, EncodedField, FieldEdit, Filesystem, RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
import { allocationOf } from './allocation';
import { findProblems } from './check';
import { rootOf } from './files/nameSpace';
import type { NameSpace } from './files/directory';
import { IsoFiles } from './files/isoFiles';
import { describeVolume } from './info';
import { ownersOf } from './owners';
import { listStructures } from './structureList';
import { directoryRecord } from './structures/directoryRecord';
import { bootEntry, bootRecord, validationEntry, volumeDescriptor } from './structures/volumeDescriptor';
import type { IsoVolume } from './volume';

const MARK_AT = 1;
const MARK_BYTES = 5;

/** An open ISO 9660 volume: nothing in it changes, so that calls may overlap. */
export class IsoFilesystem implements Filesystem {
  readonly files: IsoFiles;
  private knownAllocation: AllocationResult | null = null;

  /** @param shown the tree whose names are shown; null when its root makes no sense: descriptors are shown all the same */
  constructor(
    private readonly volume: IsoVolume,
    private readonly shown: NameSpace | null,
  ) {
    this.files = new IsoFiles(volume, shown);
  }

  ownersOf(ranges: readonly ByteRange[], signal: AbortSignal): AsyncIterable<Owner> {
    return ownersOf(this.volume, this.shown, ranges, signal);
  }

  info(signal: AbortSignal): Promise<FilesystemInfo> {
    return describeVolume(this.volume, this.shown, signal);
  }

  /** Goes through all directories, the first time. */
  async allocation(signal: AbortSignal): Promise<AllocationResult> {
    return (this.knownAllocation ??= await allocationOf(this.volume, this.shown, signal));
  }

  async commitExtents(): Promise<ByteRange[]> {
    const [first] = this.volume.descriptors;
    return [{ offset: first!.offset, length: this.descriptorsEnd - first!.offset }];
  }

  /** Covers the descriptors: an image is made as a whole. */
  async generation(signal: AbortSignal): Promise<Generation> {
    const root = rootOf(this.volume, this.volume.primary);
    const ranges = await this.commitExtents();
    const isInside =
      root.length > 0 && root.offset >= this.descriptorsEnd && root.offset <= this.volume.source.size - root.length;
    return computeGeneration(this.volume.source, isInside ? [...ranges, root] : ranges, signal);
  }

  async signatures(): Promise<NamedRange[]> {
    return this.volume.descriptors.map(({ offset, type }) => ({
      offset: offset + MARK_AT,
      length: MARK_BYTES,
      name: `ISO 9660 mark, volume descriptor of type ${type}`,
    }));
  }

  /** Blocks count from the volume's start, so that nothing depends on its place; a boot loader for discs may. */
  async relocate({ newSize }: RelocateTarget, signal: AbortSignal): Promise<RelocateResult> {
    const { extents } = await this.allocation(signal);
    const end = Math.max(this.volume.size, extents?.end ?? 0);
    if (end > newSize)
      throw new RefusedError(`The filesystem, which uses ${end} bytes, does not fit a volume of ${newSize} bytes.`, {
        todo: 'Choose a larger target.',
      });
    return { writes: [], warnings: [] };
  }

  structures(signal: AbortSignal, range?: ByteRange): AsyncIterable<StructureInstance> {
    return listStructures(this.volume, this.shown, signal, range);
  }

  async check(signal: AbortSignal): Promise<Finding[]> {
    return (await findProblems(this.volume, signal)).findings();
  }

  async encodeField(edit: FieldEdit): Promise<EncodedField> {
    const offset = edit.structureOffset;
    const layouts = [volumeDescriptor, bootRecord, directoryRecord, validationEntry, bootEntry];
    const onVolume = layouts.filter(({ size }) => offset >= 0 && offset <= this.volume.source.size - size);
    return encodePlacedField(
      onVolume.map((layout) => ({ layout, offset })),
      edit,
    );
  }

  private get descriptorsEnd(): number {
    const last = this.volume.descriptors.at(-1)!;
    return last.offset + last.bytes.length;
  }
}
