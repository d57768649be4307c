import { utf16Name } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { nameOf } from '@diskwright/sdk/files';
import { directoryRecord, RECORD_HEAD_BYTES, RecordFlag } from '../structures/directoryRecord';
import { SECTOR_BYTES } from '../structures/volumeDescriptor';
import type { IsoVolume } from '../volume';
import type { IsoNode } from './isoNode';
import { rockRidgeOf } from './rockRidge';
import { systemUseEntries } from './systemUse';
import { shortTime } from './times';

/** In which of a volume's trees the names are, and what is to be made of them. */
export interface NameSpace {
  kind: 'Rock Ridge' | 'Joliet' | 'ISO 9660';
  /** The root's `.`, in bytes, and the length of its content. */
  root: { offset: number; length: number };
  /** Bytes to skip in front of the entries of a system use area. */
  skip: number;
}

/** An entry of a directory. */
export interface IsoEntry {
  name: string;
  /** The bytes of the name, where the text does not say them all. */
  raw?: Buffer;
  node: IsoNode;
}

/** A directory record in its place. */
export interface PlacedRecord {
  offset: number;
  record: ReturnType<typeof directoryRecord.read>;
  name: Buffer;
  systemUse: Buffer;
}

const READ_BYTES = 64 * 1024;
/** Names of one byte: the directory itself and the one above. */
const isDot = (name: Buffer): boolean => name.length === 1 && name[0]! <= 1;

/**
 * The records of a directory, `.` and `..` included. None crosses the end of a sector; the rest of one is zeros.
 * @throws DamagedStructureError at the first that makes no sense; what `read` throws
 */
export async function* recordsIn(
  volume: IsoVolume,
  directory: { offset: number; length: number },
  signal: AbortSignal,
): AsyncGenerator<PlacedRecord[], void, undefined> {
  const end = directory.offset + directory.length;
  for (let offset = directory.offset; offset < end; offset += READ_BYTES) {
    signal.throwIfAborted();
    const bytes = await volume.read(offset, Math.min(READ_BYTES, end - offset), signal);
    const records: PlacedRecord[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = bytes[at]!;
      if (length === 0) {
        at = (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES;
        continue;
      }
      const placed = recordAt(bytes, at, offset + at);
      if (!placed) {
        yield records;
        throw new DamagedStructureError('ISO 9660 directory', `the directory record at ${offset + at} makes no sense`, {
          offset: offset + at,
          length,
        });
      }
      records.push(placed);
      at += length;
    }
    yield records;
  }
}

/** Null when the record does not fit its bytes, or its name the record. */
export function recordAt(bytes: Buffer, at: number, offset: number): PlacedRecord | null {
  const length = bytes[at] ?? 0;
  if (length <= RECORD_HEAD_BYTES || length > bytes.length - at) return null;
  const record = directoryRecord.read(bytes, at);
  const nameEnd = at + RECORD_HEAD_BYTES + record.nameLength;
  if (record.nameLength === 0 || nameEnd > at + length) return null;
  // The name is padded to an even length of the record.
  const systemUseAt = Math.min(nameEnd + (record.nameLength % 2 === 0 ? 1 : 0), at + length);
  return {
    offset,
    record,
    name: bytes.subarray(at + RECORD_HEAD_BYTES, nameEnd),
    systemUse: bytes.subarray(systemUseAt, at + length),
  };
}

/**
 * The entries of a directory, without `.` and `..`; what was moved here because it lay too deep is left out, it is shown where it was. Files of several
 * records are one entry. A damaged record ends the directory.
 * @throws DamagedStructureError for that, when all before it are told, and when the directory lies outside of the volume; what `read` throws
 */
export async function* entriesIn(
  volume: IsoVolume,
  space: NameSpace,
  directory: { offset: number; length: number },
  signal: AbortSignal,
): AsyncGenerator<IsoEntry[], void, undefined> {
  let begun: IsoEntry | null = null;
  for await (const records of recordsIn(volume, directory, signal)) {
    const entries: IsoEntry[] = [];
    for (const placed of records) {
      if (isDot(placed.name) || (placed.record.flags & RecordFlag.ASSOCIATED) !== 0) continue;
      const isMore = (placed.record.flags & RecordFlag.MULTI_EXTENT) !== 0;
      if (begun) {
        begun.node.content.push(contentOf(volume, placed));
        if (!isMore) begun = null;
        continue;
      }
      const entry = await entryOf(volume, space, placed, signal);
      if (!entry) continue;
      entries.push(entry);
      if (isMore) begun = entry;
    }
    yield entries;
  }
}

async function entryOf(volume: IsoVolume, space: NameSpace, placed: PlacedRecord, signal: AbortSignal): Promise<IsoEntry | null> {
  const node = await nodeOfRecord(volume, space, placed, signal);
  const { rockRidge } = node;
  if (rockRidge?.isMoved) return null;
  if (rockRidge?.childBlock !== undefined) {
    const moved = await directoryAt(volume, space, rockRidge.childBlock * volume.blockSize, signal);
    return moved ? { ...nameIn(space, placed.name, rockRidge.name), node: moved } : null;
  }
  return { ...nameIn(space, placed.name, rockRidge?.name), node };
}

/** Paths with these would not lead to the file. */
const LEADING_ELSEWHERE = new Set(['', '.', '..']);

/** What a record describes; a directory is named by the place of its own `.`. */
export async function nodeOfRecord(
  volume: IsoVolume,
  space: NameSpace,
  placed: PlacedRecord,
  signal: AbortSignal,
): Promise<IsoNode> {
  const { record, systemUse, offset } = placed;
  const isDirectory = (record.flags & RecordFlag.DIRECTORY) !== 0;
  const content = contentOf(volume, placed);
  const rockRidge =
    space.kind === 'Rock Ridge' ? rockRidgeOf(await systemUseEntries(volume, systemUse.subarray(space.skip), signal)) : null;
  return {
    offset: isDirectory ? content.offset : offset,
    isDirectory,
    content: [content],
    recorded: shortTime(record.recorded),
    isHidden: (record.flags & RecordFlag.HIDDEN) !== 0,
    isInterleaved: record.unitSize !== 0,
    rockRidge,
  };
}

/** The directory whose `.` lies at an offset; null when there is none. @throws what `read` throws */
export async function directoryAt(
  volume: IsoVolume,
  space: NameSpace,
  offset: number,
  signal: AbortSignal,
): Promise<IsoNode | null> {
  if (offset > volume.source.size - SECTOR_BYTES) return null;
  const placed = recordAt(await volume.read(offset, SECTOR_BYTES, signal), 0, offset);
  if (!placed || !isDot(placed.name) || (placed.record.flags & RecordFlag.DIRECTORY) === 0) return null;
  const node = await nodeOfRecord(volume, rootSpace(space, offset), placed, signal);
  return { ...node, offset, content: [{ offset, length: placed.record.size }], rockRidge: withoutMarks(node.rockRidge) };
}

/** The root's `.` itself begins with the entry that says what to skip. */
const rootSpace = (space: NameSpace, offset: number): NameSpace => (offset === space.root.offset ? { ...space, skip: 0 } : space);

/** The marks of a moved directory say where it lies, not what it is. */
function withoutMarks(rockRidge: IsoNode['rockRidge']): IsoNode['rockRidge'] {
  if (!rockRidge) return null;
  const plain = { ...rockRidge };
  for (const mark of ['isMoved', 'childBlock', 'name'] as const) delete plain[mark];
  return plain;
}

function contentOf({ blockSize }: IsoVolume, { record }: PlacedRecord): { offset: number; length: number } {
  return { offset: (record.block + record.attributeBlocks) * blockSize, length: record.size };
}

function nameIn({ kind }: NameSpace, bytes: Buffer, long: Buffer | undefined): { name: string; raw?: Buffer } {
  const found = kind === 'Joliet' ? jolietName(bytes) : byteName(bytes, long);
  if (!LEADING_ELSEWHERE.has(found.name)) return found;
  // Only damage makes such names: they are shown by their bytes.
  return { name: [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''), raw: bytes };
}

function byteName(bytes: Buffer, long: Buffer | undefined): { name: string; raw?: Buffer } {
  const { text, raw } = nameOf(long ?? bytes);
  const name = long ? text : withoutVersion(text);
  return raw ? { name, raw } : { name };
}

/** Joliet's are big endian. */
function jolietName(bytes: Buffer): { name: string; raw?: Buffer } {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const { text, raw } = utf16Name(Buffer.from(even).swap16());
  const name = withoutVersion(text);
  return raw ? { name, raw: bytes } : { name };
}

/** Without `;1`, and without the point in front of it where there is no extension. */
function withoutVersion(name: string): string {
  const bare = name.replace(/;\d{1,5}$/, '');
  return bare.length > 1 && bare.endsWith('.') ? bare.slice(0, -1) : bare;
}
