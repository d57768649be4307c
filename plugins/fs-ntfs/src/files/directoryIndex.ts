import { type Utf16Name, utf16Name } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Attribute } from '../records/attribute';
import { attributesOf, requireWhole } from '../records/attributes';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { readRecordNumber, readSequence } from '../records/littleEndian';
import { readPieces } from '../records/readPieces';
import type { RunList } from '../records/runList';
import { applyUpdateSequence } from '../records/updateSequence';
import { AttributeType, fileName } from '../structures/fileRecord';
import { indexBlock, indexEntry, indexRoot } from '../structures/indexBlock';

/** The index of names in a directory. */
export const NAME_INDEX = '$I30';
const INDX_MAGIC = 0x5844_4e49;
const PIECE_BYTES = 1024 * 1024;
const LARGEST_BLOCK_BYTES = 64 * 1024;
const DOS_NAMESPACE = 2;
const LAST_ENTRY = 2;

const root = (name: Parameters<typeof indexRoot.range>[0]): number => indexRoot.range(name).offset;
const block = (name: Parameters<typeof indexBlock.range>[0]): number => indexBlock.range(name).offset;
const entryAt = (name: Parameters<typeof indexEntry.range>[0]): number => indexEntry.range(name).offset;
const offsets = {
  length: entryAt('length'),
  keyLength: entryAt('keyLength'),
  flags: entryAt('flags'),
  key: 16,
  nameLength: fileName.range('nameLength').offset,
  namespace: fileName.range('namespace').offset,
} as const;
/** Offsets within an index count from here on. */
const ROOT_BASE = root('entriesOffset');
const BLOCK_BASE = block('entriesOffset');

/** A name in a directory, and the file it leads to. */
export interface IndexedName extends Utf16Name {
  record: number;
  sequence: number;
}

/** An index block as it was read. */
export interface IndexPiece {
  /** Where it begins in the index. */
  position: number;
  /** Those that make sense. */
  names: IndexedName[];
  /** Set when it is torn or none, or names in it make no sense. */
  damage: DamagedStructureError | null;
}

/**
 * The names in a directory, block by block: those at the top of the index first, then all blocks that are in use, in the order of the disk. Names that are
 * for DOS alone are left out.
 * @throws DamagedStructureError when there is no index, or its place makes no sense; what `read` throws
 */
export async function* indexPieces(
  table: MasterFileTable,
  directory: FileRecord,
  signal: AbortSignal,
): AsyncGenerator<IndexPiece, void, undefined> {
  const attributes = await attributesOf(table, directory, signal, (_, name) => name === NAME_INDEX);
  const find = (type: number): Attribute | undefined => attributes.find((candidate) => candidate.type === type);
  const top = find(AttributeType.INDEX_ROOT)?.value;
  if (!top || top.length < indexRoot.size) throw noIndex(directory.number);
  yield pieceFrom(0, top, ROOT_BASE, top.length, () => damagedBlock(table, directory.number, 0, null, 0));
  const allocation = find(AttributeType.INDEX_ALLOCATION);
  if (!allocation?.runs) return;
  requireWhole(allocation, directory.number);
  const blockBytes = indexRoot.read(top).blockBytes;
  const isPowerOfTwo = (blockBytes & (blockBytes - 1)) === 0;
  if (!isPowerOfTwo || blockBytes < 512 || blockBytes > LARGEST_BLOCK_BYTES) throw noIndex(directory.number);
  const bitmap = find(AttributeType.BITMAP);
  const inUse = bitmap ? await valueOf(table, bitmap, directory.number, signal) : null;
  yield* blocksOf(table, directory.number, allocation, blockBytes, inUse, signal);
}

async function* blocksOf(
  table: MasterFileTable,
  directory: number,
  { runs, size }: Attribute,
  blockBytes: number,
  inUse: Buffer | null,
  signal: AbortSignal,
): AsyncGenerator<IndexPiece, void, undefined> {
  const end = Math.min(size, runs!.bytes);
  for (let start = 0; start < end; start += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, end - start);
    if (!anyInUse(inUse, start / blockBytes, length / blockBytes)) continue;
    const bytes = await readPieces(table.source, runs!, start, length, signal);
    for (let at = 0; at + blockBytes <= length; at += blockBytes) {
      const position = start + at;
      if (!anyInUse(inUse, position / blockBytes, 1)) continue;
      const isBlock = bytes.readUInt32LE(at) === INDX_MAGIC && applyUpdateSequence(bytes, at, blockBytes);
      const damaged = (): DamagedStructureError => damagedBlock(table, directory, position, runs, blockBytes);
      yield isBlock
        ? pieceFrom(position, bytes, at + BLOCK_BASE, at + blockBytes, damaged)
        : { position, names: [], damage: damaged() };
    }
  }
}

/** Without a bitmap every block is looked at. */
function anyInUse(bitmap: Buffer | null, first: number, count: number): boolean {
  if (!bitmap) return true;
  for (let index = first; index < first + count; index++)
    if (index < bitmap.length * 8 && (bitmap[index >>> 3]! & (1 << (index & 7))) !== 0) return true;
  return false;
}

/** One bit for a block of at least 512 bytes. */
const LONGEST_BITMAP = 16 * 1024 * 1024;

async function valueOf(table: MasterFileTable, attribute: Attribute, record: number, signal: AbortSignal): Promise<Buffer> {
  if (attribute.value) return attribute.value;
  requireWhole(attribute, record);
  const length = Math.min(attribute.size, attribute.runs!.bytes, LONGEST_BITMAP);
  return readPieces(table.source, attribute.runs!, 0, length, signal);
}

/** What an index header begins. */
function pieceFrom(position: number, bytes: Buffer, base: number, end: number, damage: () => DamagedStructureError): IndexPiece {
  const names: IndexedName[] = [];
  const isWhole = takeNames(names, bytes, base, end);
  return { position, names, damage: isWhole ? null : damage() };
}

/** Adds the names from an index header on. @returns false when one makes no sense; those before it are taken */
function takeNames(names: IndexedName[], bytes: Buffer, base: number, end: number): boolean {
  const last = Math.min(end, base + bytes.readUInt32LE(base + 4));
  let at = base + bytes.readUInt32LE(base);
  while (at + indexEntry.size <= last) {
    const length = bytes.readUInt16LE(at + offsets.length);
    if ((bytes.readUInt16LE(at + offsets.flags) & LAST_ENTRY) !== 0) return true;
    if (length < offsets.key || length % 8 !== 0 || at + length > last) return false;
    const key = at + offsets.key;
    const keyLength = bytes.readUInt16LE(at + offsets.keyLength);
    if (keyLength < fileName.size || offsets.key + keyLength > length) return false;
    const start = key + fileName.size;
    const nameEnd = start + bytes[key + offsets.nameLength]! * 2;
    if (nameEnd > key + keyLength || nameEnd === start) return false;
    if (bytes[key + offsets.namespace] !== DOS_NAMESPACE)
      names.push({
        ...utf16Name(bytes.subarray(start, nameEnd)),
        record: readRecordNumber(bytes, at),
        sequence: readSequence(bytes, at),
      });
    at += length;
  }
  return false;
}

function damagedBlock(
  table: MasterFileTable,
  directory: number,
  position: number,
  runs: RunList | null,
  bytes: number,
): DamagedStructureError {
  const [place] = runs?.pieces(position, bytes) ?? [{ offset: table.offsetOf(directory), length: table.volume.recordBytes }];
  const message = `the block at ${position} of the index of the directory in file record ${directory} makes no sense, or was torn while being written`;
  return new DamagedStructureError(
    'NTFS index',
    message,
    place && place.offset !== null ? { offset: place.offset, length: place.length } : {},
  );
}

function noIndex(record: number): DamagedStructureError {
  return new DamagedStructureError('NTFS index', `the index of the directory in file record ${record} makes no sense`);
}
