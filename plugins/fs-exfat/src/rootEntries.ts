import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import type { Allocation } from './files/entrySet';
import { directorySets } from './files/directory';
import type { ExfatVolume } from './files/volume';
import { BENIGN, bitmapEntry, EntryType, guidEntry, labelEntry, upcaseEntry } from './structures/directoryEntries';

/** An entry of the root directory, and where it lies. */
interface Placed {
  offset: number;
}

/** What the root directory says of the volume as a whole. */
export interface RootEntries {
  /** Of the FAT in use; null where there is none. */
  bitmap: (Allocation & Placed) | null;
  upcase: (Allocation & Placed & { checksum: number }) | null;
  label: string | null;
  guid: string | null;
  /** Kinds of entries that are not known and may change what the others mean, where they lie. */
  unknown: { type: number; offset: number }[];
  /** Where the root directory stops to make sense; null where all is well. */
  damage: DamagedStructureError | null;
}

/** Reads them. Bitmap and table are found through the FAT. @throws what `read` of the source throws */
export async function readRootEntries(volume: ExfatVolume, signal: AbortSignal): Promise<RootEntries> {
  const found: RootEntries = { bitmap: null, upcase: null, label: null, guid: null, unknown: [], damage: null };
  const onOther = (bytes: Buffer, offset: number): void => take(found, volume.geometry.activeFat, bytes, offset);
  try {
    for await (const sets of directorySets(volume, null, signal, { onOther })) void sets;
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    found.damage = error;
  }
  return found;
}

function take(found: RootEntries, activeFat: number, bytes: Buffer, offset: number): void {
  const type = bytes[0]!;
  if (type === EntryType.bitmap) {
    const { flags, firstCluster, dataLength } = bitmapEntry.read(bytes);
    if ((flags & 1) === activeFat) found.bitmap ??= { offset, firstCluster, size: safeNumber(dataLength), isContiguous: false };
  } else if (type === EntryType.upcase) {
    const { checksum, firstCluster, dataLength } = upcaseEntry.read(bytes);
    found.upcase ??= { offset, firstCluster, size: safeNumber(dataLength), isContiguous: false, checksum };
  } else if (type === EntryType.label) {
    const { length, label } = labelEntry.read(bytes);
    found.label ??= label.slice(0, length) || null;
  } else if (type === EntryType.guid) {
    found.guid ??= guidEntry.read(bytes).guid;
  } else if (type !== EntryType.texFatPadding && (type & BENIGN) === 0) {
    found.unknown.push({ type, offset });
  }
}
