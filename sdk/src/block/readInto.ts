import type { BlockSource } from './blockSource';

/**
 * Fills a buffer of the caller's with the bytes from `offset` on, and keeps nothing of them: for those who go through much, each of it once. Memory that is
 * used again costs a fraction of what fresh memory does. After a failure the buffer may still be written to: it is not to be used again.
 * @throws as `BlockSource.read`
 */
export async function readInto(source: BlockSource, offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
  if (source.readInto) return source.readInto(offset, destination, signal);
  (await source.read(offset, destination.length, signal)).copy(destination);
}
