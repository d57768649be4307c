/** The two copies of a GPT (UEFI 2.10, 5.3), as far as one entry's attributes need them. */
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ascii, bytes, crc32, field, hex32, safeNumber, struct, u32, u64 } from '@diskwright/sdk/struct';

const SPECIFICATION = 'UEFI 2.10, 5.3.2';
const MAX_ENTRIES = 1024;
const ENTRY_SIZES = [128, 256, 512];
const ATTRIBUTES_OFFSET = 48;
const TYPE_BYTES = 16;

export const gptHeader = struct('GPT header', SPECIFICATION, {
  signature: field(ascii(8), 'marks the header'),
  revision: field(hex32(), 'revision of the table'),
  headerBytes: field(u32(), 'what the checksum covers'),
  checksum: field(hex32(), 'CRC-32 of the header, with zeros in its own place'),
  reserved: field(u32(), 'zero'),
  ownLba: field(u64(), 'where this header lies'),
  otherLba: field(u64(), 'where the other one lies'),
  firstUsable: field(u64(), 'first sector for partitions'),
  lastUsable: field(u64(), 'last sector for partitions'),
  diskId: field(bytes(16), 'tells this disk from others'),
  entriesLba: field(u64(), 'where its entries begin'),
  entryCount: field(u32(), 'entries'),
  entryBytes: field(u32(), 'bytes in an entry'),
  entriesChecksum: field(hex32(), 'CRC-32 of all entries'),
});

/** One copy of the table. Offsets are bytes from the start of the disk. */
export interface TableCopy {
  offset: number;
  /** The sector with the header. */
  sector: Buffer;
  otherOffset: number;
  entriesOffset: number;
  entries: Buffer;
  entryBytes: number;
}

/** @throws DamagedStructureError where it is none, or its checksums do not fit */
export async function readCopy(source: BlockSource, offset: number, signal: AbortSignal): Promise<TableCopy> {
  const damaged = (message: string) => new DamagedStructureError(gptHeader.name, message, { offset, length: gptHeader.size });
  if (offset > source.size - source.sectorSize) throw damaged('it would lie behind the end of the disk');
  const sector = await source.read(offset, source.sectorSize, signal);
  const values = gptHeader.read(sector);
  if (values.signature !== 'EFI PART') throw damaged('it is not one');
  if (values.headerBytes < gptHeader.size || values.headerBytes > sector.length) throw damaged('its length cannot be right');
  if (headerChecksum(sector) !== values.checksum) throw damaged('its checksum does not fit');
  const { entryCount, entryBytes } = values;
  if (entryCount > MAX_ENTRIES || !ENTRY_SIZES.includes(entryBytes))
    throw damaged(`${entryCount} entries of ${entryBytes} bytes are not read`);
  const entriesOffset = safeNumber(values.entriesLba) * source.sectorSize;
  if (entriesOffset + entryCount * entryBytes > source.size) throw damaged('its entries would lie behind the end of the disk');
  const entries = await source.read(entriesOffset, entryCount * entryBytes, signal);
  if (crc32(entries) !== values.entriesChecksum) throw damaged('the checksum of its entries does not fit');
  return { offset, sector, otherOffset: safeNumber(values.otherLba) * source.sectorSize, entriesOffset, entries, entryBytes };
}

/** The attributes of an entry, from 1; null where it is not used, or there is none. */
export function attributesOf({ entries, entryBytes }: TableCopy, number: number): bigint | null {
  const entry = entries.subarray((number - 1) * entryBytes, number * entryBytes);
  if (entry.length < entryBytes || entry.subarray(0, TYPE_BYTES).every((byte) => byte === 0)) return null;
  return entry.readBigUInt64LE(ATTRIBUTES_OFFSET);
}

/** Bytes that a plan writes: the entry's attributes, and the header with both of its checksums. */
export function withAttributes(copy: TableCopy, number: number, attributes: bigint): { offset: number; bytes: Buffer }[] {
  const at = (number - 1) * copy.entryBytes + ATTRIBUTES_OFFSET;
  const entries = Buffer.from(copy.entries);
  entries.writeBigUInt64LE(attributes, at);
  const sector = Buffer.from(copy.sector);
  sector.writeUInt32LE(crc32(entries), gptHeader.range('entriesChecksum').offset);
  sector.writeUInt32LE(headerChecksum(sector), gptHeader.range('checksum').offset);
  return [
    { offset: copy.entriesOffset + at, bytes: entries.subarray(at, at + 8) },
    { offset: copy.offset, bytes: sector.subarray(0, gptHeader.size) },
  ];
}

function headerChecksum(sector: Buffer): number {
  const header = Buffer.from(sector.subarray(0, gptHeader.read(sector).headerBytes));
  header.writeUInt32LE(0, gptHeader.range('checksum').offset);
  return crc32(header);
}
