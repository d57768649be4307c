import type { BlockSource } from '@diskwright/sdk/block';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { damaged, type Region } from './header';
import { Id, locatorEntry, metadataEntry, metadataTable, parentLocator } from './structures';

const MIB = 1024 * 1024;
const TABLE_BYTES = 64 * 1024;
const MAX_ENTRIES = 2047;
const REQUIRED = 4;
const FIXED = 1;
const HAS_PARENT = 2;
/** As the specification bounds them. */
const MIN_BLOCK_BYTES = MIB;
const MAX_BLOCK_BYTES = 256 * MIB;
const MAX_DISK_BYTES = 64 * 2 ** 40;
const MAX_ITEM_BYTES = MIB;
const KNOWN: readonly string[] = [
  Id.fileParameters,
  Id.diskSize,
  Id.diskId,
  Id.sectorSize,
  Id.physicalSectorSize,
  Id.parentLocator,
];

/** What the metadata says of the disk, checked. */
export interface DiskMetadata {
  /** Of the disk, bytes. */
  size: number;
  blockBytes: number;
  sectorSize: 512 | 4096;
  /** All blocks were allocated when the file was made. */
  fixed: boolean;
  /** How the parent is named, by key; null: the disk rests on no other. */
  parent: ReadonlyMap<string, string> | null;
}

/** @throws DamagedStructureError, NotSupportedError for an item that has to be known and is not */
export async function readMetadata(file: BlockSource, region: Region, signal: AbortSignal): Promise<DiskMetadata> {
  const items = await readItems(file, region, signal);
  const item = (id: string, length: number): Buffer => {
    const bytes = items.get(id);
    if (!bytes || bytes.length < length) throw damaged(`the item ${id} of its metadata is missing`);
    return bytes;
  };
  const parameters = item(Id.fileParameters, 8);
  const blockBytes = parameters.readUInt32LE(0);
  const flags = parameters.readUInt32LE(4);
  const size = safeNumber(item(Id.diskSize, 8).readBigUInt64LE(0));
  const sectorSize = item(Id.sectorSize, 4).readUInt32LE(0);
  if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES || (blockBytes & (blockBytes - 1)) !== 0)
    throw damaged(`its blocks would have ${blockBytes} bytes`);
  if (sectorSize !== 512 && sectorSize !== 4096) throw damaged(`its sectors would have ${sectorSize} bytes`);
  if (size > MAX_DISK_BYTES || size % sectorSize !== 0) throw damaged(`its disk would have ${size} bytes`);
  const parent = (flags & HAS_PARENT) === 0 ? null : parentOf(item(Id.parentLocator, parentLocator.size));
  return { size, blockBytes, sectorSize, fixed: (flags & FIXED) !== 0, parent };
}

async function readItems(file: BlockSource, region: Region, signal: AbortSignal): Promise<Map<string, Buffer>> {
  if (region.length < TABLE_BYTES) throw damaged('its metadata region is too small');
  const table = await file.read(region.offset, TABLE_BYTES, signal);
  const { signature, entries } = metadataTable.read(table);
  if (signature !== 'metadata' || entries > MAX_ENTRIES) throw damaged('its metadata table is not whole');
  const items = new Map<string, Buffer>();
  for (let index = 1; index <= entries; index++) {
    const { id, offset, length, flags } = metadataEntry.read(table, index * metadataEntry.size);
    if (!KNOWN.includes(id)) {
      if ((flags & REQUIRED) !== 0) throw new NotSupportedError(`the VHDX image has metadata that is not known here: ${id}`);
      continue;
    }
    if (items.has(id)) continue;
    if (length > MAX_ITEM_BYTES || offset > region.length - length)
      throw damaged(`the item ${id} of its metadata would lie outside`);
    items.set(id, await file.read(region.offset + offset, length, signal));
  }
  return items;
}

/** Keys and values that are texts. */
function parentOf(locator: Buffer): Map<string, string> {
  const { type, entries } = parentLocator.read(locator);
  if (type !== Id.vhdxParent)
    throw new NotSupportedError(`the VHDX image names its parent in a way that is not known here: ${type}`);
  const named = new Map<string, string>();
  const text = (offset: number, length: number): string => {
    if (offset > locator.length - length) throw damaged('its parent locator has a text that would lie outside');
    return locator.toString('utf16le', offset, offset + length);
  };
  for (let index = 0; index < entries; index++) {
    const { keyOffset, valueOffset, keyBytes, valueBytes } = locatorEntry.read(
      locator,
      parentLocator.size + index * locatorEntry.size,
    );
    named.set(text(keyOffset, keyBytes), text(valueOffset, valueBytes));
  }
  return named;
}
