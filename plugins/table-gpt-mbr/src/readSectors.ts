import type { BlockSource } from '@diskwright/sdk/block';
import { MediaError } from '@diskwright/sdk/errors';

/**
 * Reads a piece of a table, or answers null where the disk cannot read it, so that an unreadable copy becomes a finding and the other copy is used.
 * @throws InvalidInputError when the range is not inside the source, and what `read` throws other than a MediaError
 */
export async function readSectors(
  source: BlockSource,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer | null> {
  try {
    return await source.read(offset, length, signal);
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}
