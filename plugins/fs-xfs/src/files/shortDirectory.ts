import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Geometry } from '../geometry';
import type { RawEntry } from './directoryEntries';
import type { InodeRecord } from './inodeRecord';

const HEAD_BYTES = 2;
/** In front of a name: its length and two bytes of its place in a larger directory. */
const ENTRY_HEAD_BYTES = 3;
const TWO_POW_32 = 2 ** 32;

/** Inode numbers have 8 bytes as soon as one of them needs them. */
function numberBytes(bytes: Buffer): 4 | 8 {
  return bytes[1] === 0 ? 4 : 8;
}

function readNumber(bytes: Buffer, at: number): number {
  if (numberBytes(bytes) === 4) return bytes.readUInt32BE(at);
  return (bytes.readUInt32BE(at) & 0xffffff) * TWO_POW_32 + bytes.readUInt32BE(at + 4);
}

function contentOf(directory: InodeRecord): Buffer {
  const { bytes } = directory.dataFork;
  if (bytes.length < HEAD_BYTES || bytes.length < HEAD_BYTES + numberBytes(bytes))
    throw new DamagedStructureError('XFS directory', `directory ${directory.number} has no room for its head`);
  return bytes;
}

/** The inode of the directory above one that lies in its inode. @throws DamagedStructureError */
export function shortParentOf(directory: InodeRecord): number {
  return readNumber(contentOf(directory), HEAD_BYTES);
}

/** The entries of a directory that lies in its inode. @throws DamagedStructureError at the first that makes no sense */
export function* shortEntries(directory: InodeRecord, { hasFileTypes }: Geometry): Generator<RawEntry, void, undefined> {
  const bytes = contentOf(directory);
  const width = numberBytes(bytes);
  const count = bytes[0]! || (width === 8 ? bytes[1]! : 0);
  let at = HEAD_BYTES + width;
  for (let index = 0; index < count; index++) {
    const nameLength = at < bytes.length ? bytes[at]! : 0;
    const nameAt = at + ENTRY_HEAD_BYTES;
    const numberAt = nameAt + nameLength + (hasFileTypes ? 1 : 0);
    if (nameLength === 0 || numberAt > bytes.length - width)
      throw new DamagedStructureError('XFS directory', `entry ${index} of directory ${directory.number} makes no sense`);
    yield {
      inode: readNumber(bytes, numberAt),
      name: bytes.subarray(nameAt, nameAt + nameLength),
      fileType: hasFileTypes ? bytes[nameAt + nameLength]! : 0,
    };
    at = numberAt + width;
  }
}
