import type { BlockSource } from '../block/index';
import { DamagedStructureError, MediaError } from '../errors';

/** What can be read; null for bad sectors and for what makes no sense, which hide what they hold but nothing else. */
export async function readOrNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MediaError || error instanceof DamagedStructureError) return null;
    throw error;
  }
}

/** The bytes, with zeros for sectors that cannot be read. */
export async function readSalvaged(source: BlockSource, offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
  try {
    return await source.read(offset, length, signal);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    if (length <= source.sectorSize) return Buffer.alloc(length);
    // On the boundary of a sector, so that no half of a good one is lost.
    const middle = Math.max(1, Math.floor((offset + length / 2) / source.sectorSize)) * source.sectorSize;
    const cut = middle > offset && middle < offset + length ? middle - offset : Math.floor(length / 2);
    const first = await readSalvaged(source, offset, cut, signal);
    return Buffer.concat([first, await readSalvaged(source, offset + cut, length - cut, signal)]);
  }
}
