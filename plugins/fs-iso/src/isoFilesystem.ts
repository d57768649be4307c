import { computeGeneration, encodePlacedField } from '@diskwright/sdk';
import type { AllocationResult, EncodedField, FieldEdit, Filesystem, RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  FilesystemInfo,
  Finding,
  Generation,
  NamedRange,
  Owner,
  StructureInstance,
} from '@diskwright/sdk/protocol';
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

  /** All of it: nothing says which blocks inside of it are free. Behind its end lies nothing of its own. */
  async allocation(): Promise<AllocationResult> {
    const { size, source } = this.volume;
    if (size > source.size)
      return { confidence: 'unknown', extents: null, reasons: ['Part of the filesystem is missing: its volume is too small.'] };
    const end = Math.max(size, this.descriptorsEnd);
    return { confidence: 'exact', extents: ExtentList.fromRanges([{ offset: 0, length: end }]), reasons: [] };
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
  async relocate({ newSize }: RelocateTarget): Promise<RelocateResult> {
    if (this.volume.size > newSize)
      throw new RefusedError(`The filesystem of ${this.volume.size} bytes does not fit a volume of ${newSize} bytes.`, {
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
