import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { ZSTDDecoder } from 'zstddec/stream';
import { zstdFrame } from './zstdFrame';

type Decompress = (bytes: Buffer, maximumBytes: number) => Promise<Buffer>;

/** WebAssembly's memory does not shrink again: more than this at once is a matter for streams. */
const MAX_BYTES = 64 * 1024 * 1024;

let decoder: Promise<Decompress> | null = null;

/**
 * What the zstd frame at the beginning of `bytes` holds. What follows the frame is not looked at: disks store frames in whole blocks.
 * @param maximumBytes of what comes out, at most 64 MiB; `bytes` may not have more either
 * @throws Error with the reason, for a frame that is damaged, cut off or holds more; the caller knows whose it is
 */
export async function decompressZstd(bytes: Buffer, maximumBytes: number): Promise<Buffer> {
  if (bytes.length > MAX_BYTES || maximumBytes > MAX_BYTES) throw new Error('it is too large');
  const frame = zstdFrame(bytes);
  if (typeof frame === 'string') throw new Error(frame);
  if (frame.contentBytes !== null && frame.contentBytes > maximumBytes)
    throw new Error(`it holds more than ${maximumBytes} bytes`);
  decoder ??= nativeDecoder() ?? webAssemblyDecoder();
  return (await decoder)(bytes.subarray(0, frame.length), maximumBytes);
}

/** Node's own, which works beside the program: from Node 22.15 on. */
function nativeDecoder(): Promise<Decompress> | null {
  const { zstdDecompress } = zlib as { zstdDecompress?: unknown };
  if (typeof zstdDecompress !== 'function') return null;
  const decompress = promisify(
    zstdDecompress as (bytes: Buffer, options: object, done: (error: Error | null, out: Buffer) => void) => void,
  );
  return Promise.resolve((bytes, maxOutputLength) => decompress(bytes, { maxOutputLength }));
}

async function webAssemblyDecoder(): Promise<Decompress> {
  const wasm = new ZSTDDecoder();
  await wasm.init();
  return async (bytes, maximumBytes) => {
    const out = wasm.decode(bytes, maximumBytes);
    // A failure is told as an empty answer. Nobody stores an empty frame.
    if (out.length === 0) throw new Error('it is damaged');
    return Buffer.from(out.buffer, out.byteOffset, out.byteLength);
  };
}
