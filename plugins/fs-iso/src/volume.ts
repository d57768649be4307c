import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import {
  anyDescriptor,
  bootRecord,
  DESCRIPTOR_ID,
  DescriptorType,
  EL_TORITO,
  FIRST_DESCRIPTOR,
  SECTOR_BYTES,
  volumeDescriptor,
  type VolumeDescriptor,
} from './structures/volumeDescriptor';

/** A volume with more descriptors is damaged. */
const MOST_DESCRIPTORS = 64;
/** Joliet's levels; the third byte of the escape sequence. */
const JOLIET_SEQUENCES = ['%/@', '%/C', '%/E'];

/** A descriptor and where it lies. */
export interface PlacedDescriptor {
  type: number;
  /** Bytes from the start of the volume. */
  offset: number;
  bytes: Buffer;
}

/** An ISO 9660 volume whose descriptors were read; everything else is read on demand. */
export class IsoVolume {
  private constructor(
    readonly source: BlockSource,
    /** All of them, in order, the end included where there is one. */
    readonly descriptors: readonly PlacedDescriptor[],
    readonly primary: VolumeDescriptor,
    /** With long names in Unicode; null when there is none. */
    readonly joliet: VolumeDescriptor | null,
    /** Sector of El Torito's catalogue; null when nothing can be booted. */
    readonly bootCatalogue: number | null,
  ) {}

  /** @throws DamagedStructureError when there is no primary descriptor, or one that makes no sense; what `read` throws */
  static async read(source: BlockSource, signal: AbortSignal): Promise<IsoVolume> {
    const descriptors: PlacedDescriptor[] = [];
    for (let index = 0; index < MOST_DESCRIPTORS; index++) {
      const offset = (FIRST_DESCRIPTOR + index) * SECTOR_BYTES;
      if (offset > source.size - SECTOR_BYTES) break;
      const bytes = await source.read(offset, SECTOR_BYTES, signal);
      const { id, type } = anyDescriptor.read(bytes);
      if (id !== DESCRIPTOR_ID) break;
      descriptors.push({ type, offset, bytes });
      if (type === DescriptorType.END) break;
    }
    const primary = descriptors.find(({ type }) => type === DescriptorType.PRIMARY);
    if (!primary) throw new DamagedStructureError('ISO 9660 volume descriptor', 'there is no primary volume descriptor');
    const value = volumeDescriptor.read(primary.bytes);
    const { blockSize } = value;
    if (blockSize < 512 || blockSize > SECTOR_BYTES || (blockSize & (blockSize - 1)) !== 0)
      throw new DamagedStructureError('ISO 9660 volume descriptor', `blocks of ${blockSize} bytes make no sense`, {
        offset: primary.offset + volumeDescriptor.range('blockSize').offset,
        length: 4,
      });
    const boot = descriptors.find(
      ({ type, bytes }) => type === DescriptorType.BOOT && bootRecord.read(bytes).systemId.startsWith(EL_TORITO),
    );
    return new IsoVolume(source, descriptors, value, jolietOf(descriptors), boot ? bootRecord.read(boot.bytes).catalogue : null);
  }

  get blockSize(): number {
    return this.primary.blockSize;
  }

  /** Bytes that the filesystem spans by its descriptor. */
  get size(): number {
    return this.primary.blocksCount * this.blockSize;
  }

  /**
   * The bytes of a range.
   * @throws DamagedStructureError when it does not lie on the volume; what `read` throws
   */
  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    if (!(offset >= 0 && length >= 0 && offset <= this.source.size - length))
      throw new DamagedStructureError('ISO 9660', `the ${length} bytes at ${offset} lie outside of the volume`);
    return this.source.read(offset, length, signal);
  }
}

function jolietOf(descriptors: readonly PlacedDescriptor[]): VolumeDescriptor | null {
  for (const { type, bytes } of descriptors) {
    if (type !== DescriptorType.SUPPLEMENTARY) continue;
    const value = volumeDescriptor.read(bytes);
    if (JOLIET_SEQUENCES.includes(value.escapeSequences.toString('latin1', 0, 3))) return value;
  }
  return null;
}
