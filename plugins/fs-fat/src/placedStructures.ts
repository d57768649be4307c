import type { EditableLayout, PlacedLayout } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import type { StructureInstance } from '@diskwright/sdk/protocol';
import type { FatGeometry } from './geometry';
import { bootSector16, bootSector32 } from './structures/bootSector';
import { firstEntries12, firstEntries16, firstEntries32 } from './structures/firstFatEntries';
import { fsInfo } from './structures/fsInfo';

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

/** FATs beyond this many are not shown; two are usual. */
const MOST_FATS_SHOWN = 4;

/** All structures of fixed place that lie on the volume, in ascending order. */
export function placedStructures(geometry: FatGeometry, volumeSize: number): PlacedStructure[] {
  const boot: AnyLayout = geometry.boot32 ? bootSector32 : bootSector16;
  const entries: AnyLayout = geometry.width === 12 ? firstEntries12 : geometry.width === 16 ? firstEntries16 : firstEntries32;
  const placed: PlacedStructure[] = [{ layout: boot, offset: 0, code: 'fat.boot' }];
  if (geometry.fsInfoOffset !== null) placed.push({ layout: fsInfo, offset: geometry.fsInfoOffset, code: 'fat.fsInfo' });
  if (geometry.backupOffset !== null) placed.push({ layout: boot, offset: geometry.backupOffset, code: 'fat.backup' });
  for (let fat = 0; fat < Math.min(geometry.fatCount, MOST_FATS_SHOWN); fat++) {
    placed.push({ layout: entries, offset: geometry.fatOffset + fat * geometry.fatBytes, code: `fat.fat${fat + 1}` });
  }
  return placed.filter(({ layout, offset }) => offset <= volumeSize - layout.size).sort((a, b) => a.offset - b.offset);
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
