import type { EditableLayout, PlacedLayout } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import type { StructureInstance } from '@diskwright/sdk/protocol';
import { field, hex32, struct } from '@diskwright/sdk/struct';
import { CHECKSUM_SOURCE } from './bootRegion';
import { BOOT_REGION_SECTORS, type ExfatGeometry } from './geometry';
import { bootSector, firstFatEntries } from './structures/bootSector';

/** What is used of a structure's description here, whatever its fields. */
interface AnyLayout extends EditableLayout {
  readonly size: number;
  instance(buffer: Buffer, offset: number, base: number, code: string): StructureInstance;
}

/** A structure of the volume: its description, where it lies, and the prefix of its findings' codes. */
export interface PlacedStructure extends PlacedLayout {
  layout: AnyLayout;
  code: string;
}

const bootChecksumLayout = struct('exFAT boot checksum', CHECKSUM_SOURCE, {
  checksum: field(hex32(), 'over the eleven sectors before; repeated to the end of the sector'),
});

/** All structures of fixed place that lie on the volume, in ascending order. */
export function placedStructures(geometry: ExfatGeometry, volumeSize: number): PlacedStructure[] {
  const { bytesPerSector, fatOffset } = geometry;
  const regions = [0, BOOT_REGION_SECTORS * bytesPerSector];
  const placed = regions.flatMap((offset, index): PlacedStructure[] => [
    { layout: bootSector, offset, code: index === 0 ? 'exfat.boot' : 'exfat.backup' },
    { layout: bootChecksumLayout, offset: offset + (BOOT_REGION_SECTORS - 1) * bytesPerSector, code: 'exfat.bootChecksum' },
  ]);
  placed.push({ layout: firstFatEntries, offset: fatOffset, code: 'exfat.fat' });
  return placed.filter(({ layout, offset }) => offset <= volumeSize - layout.size);
}

/** Reads and describes one structure. */
export async function readInstance(
  source: BlockSource,
  placed: PlacedStructure,
  signal?: AbortSignal,
): Promise<StructureInstance> {
  const bytes = await source.read(placed.offset, placed.layout.size, signal);
  return placed.layout.instance(bytes, 0, placed.offset, placed.code);
}
