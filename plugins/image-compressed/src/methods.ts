import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { BlockSource } from '@diskwright/sdk/block';
import { decompressXz, decompressZstdStream } from '@diskwright/sdk/compression';
import { xzSize } from './xzIndex';

const PIECE_BYTES = 1024 * 1024;

/** A way in which a file is compressed as a whole. */
export interface Method {
  readonly id: 'gzip' | 'zstd' | 'xz';
  /** The bytes that it begins with. */
  readonly mark: Buffer;
  /** What the file holds, from its beginning on. @throws Error with the reason */
  decompress(file: BlockSource, signal: AbortSignal): AsyncIterable<Buffer>;
  /** Bytes of what the file holds; null where it does not say. @throws DamagedStructureError, NotSupportedError */
  size(file: BlockSource, signal: AbortSignal): Promise<number | null>;
}

/** A file says its size modulo 4 GiB at its end, and of its last member only: that is no size. */
const gzip: Method = {
  id: 'gzip',
  mark: Buffer.from('1f8b08', 'hex'),
  decompress: gunzipped,
  size: async () => null,
};

/** What a frame says of its size is that of one frame, and there may be more of them. */
const zstd: Method = {
  id: 'zstd',
  mark: Buffer.from('28b52ffd', 'hex'),
  decompress: (file, signal) => decompressZstdStream(piecesOf(file, signal)),
  size: async () => null,
};

const xz: Method = {
  id: 'xz',
  mark: Buffer.from('fd377a585a00', 'hex'),
  decompress: (file, signal) => decompressXz(piecesOf(file, signal)),
  size: xzSize,
};

export const METHODS: readonly Method[] = [gzip, zstd, xz];

async function* gunzipped(file: BlockSource, signal: AbortSignal): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // Failures of either end come out of the iteration.
  pipeline(Readable.from(piecesOf(file, signal)), gunzip, () => undefined);
  for await (const piece of gunzip) yield piece as Buffer;
}

async function* piecesOf(file: BlockSource, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.size; at += PIECE_BYTES) yield await file.read(at, Math.min(PIECE_BYTES, file.size - at), signal);
}
