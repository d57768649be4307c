import { DamagedStructureError } from '@diskwright/sdk/errors';
import { decompressLzx } from '../compression/lzx';
import { decompressXpress } from '../compression/xpress';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import type { Overlay } from './overlayFile';

/** Offsets of chunks have 8 bytes in files from here on. */
const LARGE_BYTES = 2 ** 32;

/**
 * A chunk of a file that the overlay filter compressed (wimlib, resource.c; ntfs-3g system compression). The stream begins with where each chunk but the first
 * begins, counted from behind those offsets; a chunk as long as its content is stored as it is.
 * @throws DamagedStructureError when the bytes make no sense; what `read` throws
 */
export async function readChunk(
  table: MasterFileTable,
  record: number,
  { algorithm, chunkBytes, size, stream }: Overlay,
  chunk: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const damaged = (): DamagedStructureError =>
    new DamagedStructureError(
      'NTFS compressed file',
      `chunk ${chunk} of the compressed content of file record ${record} makes no sense`,
    );
  const read = (offset: number, length: number): Promise<Buffer> => {
    if (!(offset >= 0 && length >= 0 && offset <= stream.size - length)) throw damaged();
    return stream.value
      ? Promise.resolve(stream.value.subarray(offset, offset + length))
      : readPieces(table.source, stream.runs!, offset, length, signal);
  };
  const chunks = Math.ceil(size / chunkBytes);
  const entryBytes = size > LARGE_BYTES ? 8 : 4;
  const tableBytes = (chunks - 1) * entryBytes;
  const offsetOf = async (index: number): Promise<number> => {
    if (index === 0) return 0;
    if (index === chunks) return stream.size - tableBytes;
    const bytes = await read((index - 1) * entryBytes, entryBytes);
    return bytes.readUIntLE(0, Math.min(entryBytes, 6));
  };
  const length = Math.min(chunkBytes, size - chunk * chunkBytes);
  const start = await offsetOf(chunk);
  const compressed = (await offsetOf(chunk + 1)) - start;
  if (!(compressed > 0 && compressed <= length)) throw damaged();
  const bytes = await read(tableBytes + start, compressed);
  if (compressed === length) return bytes;
  const content = algorithm === 'LZX' ? decompressLzx(bytes, length) : decompressXpress(bytes, length);
  if (!content) throw damaged();
  return content;
}
