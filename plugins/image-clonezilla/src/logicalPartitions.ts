import { damaged, type DumpedPartition } from './partitionDump';

/** What stands at a place of the disk. */
export interface BootRecord {
  offset: number;
  bytes: Buffer;
}

const RECORD_BYTES = 512;
const TABLE_AT = 446;
const ENTRY_BYTES = 16;
const LINK_TYPE = 0x05;
/** As sfdisk aligns what it makes: a record stands so far before its partition, and right before it on a disk that is not aligned. */
const ALIGNED_BYTES = 1024 * 1024;
/** Geometry that all programs pretend a disk has. */
const [HEADS, SECTORS] = [255, 63];
const LAST_CYLINDER = 1023;
/** That entries of 32 bits can name. */
const LAST_SECTOR = 2 ** 32 - 1;

/**
 * The extended boot records that chain the logical partitions of a disk, which Clonezilla does not keep but for the first: as sfdisk makes them when it
 * restores the dump, and where the first one, if it is there, says that they lay.
 * @param kept the file of the first record; null without one
 * @throws DamagedStructureError for what no such record can tell
 */
export function logicalChain(
  extended: DumpedPartition,
  partitions: readonly DumpedPartition[],
  sectorSize: number,
  kept: Buffer | null,
): BootRecord[] {
  const logical = partitions.filter(
    (each) => each !== extended && each.offset > extended.offset && each.offset < endOf(extended),
  );
  const usual = gapIn(extended, logical, sectorSize, kept);
  const places = logical.map(({ offset }, index) => {
    if (index === 0) return extended.offset;
    return offset - Math.min(usual, Math.max(offset - endOf(logical[index - 1]!), sectorSize));
  });
  return logical.map((partition, index) => {
    const place = places[index]!;
    const bytes = Buffer.alloc(RECORD_BYTES);
    if (index === 0) kept?.copy(bytes, 0, 0, TABLE_AT);
    const type = parseInt(partition.type, 16);
    writeEntry(bytes, 0, { ...partition, type, base: place }, sectorSize);
    const next = logical[index + 1];
    if (next) {
      const start = places[index + 1]!;
      const link = { offset: start, length: endOf(next) - start, type: LINK_TYPE, bootable: false, base: extended.offset };
      writeEntry(bytes, 1, link, sectorSize);
    }
    bytes.writeUInt16LE(0xaa55, RECORD_BYTES - 2);
    return { offset: place, bytes };
  });
}

/** How far before its partition a record stands. */
function gapIn(
  { offset }: DumpedPartition,
  [first, second]: readonly DumpedPartition[],
  sectorSize: number,
  kept: Buffer | null,
): number {
  if (!first) return 0;
  if (kept && second) {
    const told = second.offset - offset - kept.readUInt32LE(TABLE_AT + ENTRY_BYTES + 8) * sectorSize;
    if (told > 0 && told <= second.offset - endOf(first)) return told;
  }
  return first.offset - offset >= ALIGNED_BYTES ? ALIGNED_BYTES : sectorSize;
}

interface Entry {
  offset: number;
  length: number;
  type: number;
  bootable: boolean;
  /** What its start is counted from. */
  base: number;
}

function writeEntry(record: Buffer, index: number, { offset, length, type, bootable, base }: Entry, sectorSize: number): void {
  const at = TABLE_AT + index * ENTRY_BYTES;
  const [start, count] = [offset / sectorSize, length / sectorSize];
  if (start + count > LAST_SECTOR) throw damaged(`a logical partition would end at sector ${start + count}`);
  record[at] = bootable ? 0x80 : 0;
  record.set(cylinderHeadSector(start), at + 1);
  record[at + 4] = type;
  record.set(cylinderHeadSector(start + count - 1), at + 5);
  record.writeUInt32LE((offset - base) / sectorSize, at + 8);
  record.writeUInt32LE(count, at + 12);
}

function cylinderHeadSector(sector: number): [head: number, sector: number, cylinder: number] {
  const cylinder = Math.floor(sector / (HEADS * SECTORS));
  if (cylinder > LAST_CYLINDER) return [HEADS - 1, SECTORS | ((LAST_CYLINDER >> 8) << 6), LAST_CYLINDER & 0xff];
  const within = sector % (HEADS * SECTORS);
  return [Math.floor(within / SECTORS), (within % SECTORS) + 1 + ((cylinder >> 8) << 6), cylinder & 0xff];
}

const endOf = ({ offset, length }: DumpedPartition): number => offset + length;
