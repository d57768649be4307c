import type { BlockSource } from '@diskwright/sdk/block';
import { MediaError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { endOf, type Edit } from './edits';

/** Bytes to be written in one go. */
export interface Run {
  offset: number;
  bytes: Buffer;
  /** What stands there; null where it cannot be read. */
  before: Buffer | null;
}

/** Joins edits, given in order of their offsets, that touch. */
export async function joinEdits(source: BlockSource, edits: readonly Edit[], signal: AbortSignal): Promise<Run[]> {
  const joined: { offset: number; parts: Buffer[]; end: number }[] = [];
  for (const edit of edits) {
    const last = joined.at(-1);
    if (last?.end === edit.offset) {
      last.parts.push(edit.bytes);
      last.end = endOf(edit);
    } else {
      joined.push({ offset: edit.offset, parts: [edit.bytes], end: endOf(edit) });
    }
  }
  const runs: Run[] = [];
  for (const { offset, parts } of joined) {
    const bytes = Buffer.concat(parts);
    runs.push({ offset, bytes, before: await readOrNull(source, offset, bytes.length, signal) });
  }
  return runs;
}

/** The whole sectors that runs lie in, joined where they touch; at least that much is read and written. */
export function sectorsOf(runs: readonly Run[], sectorSize: number): ByteRange[] {
  const sectors: ByteRange[] = [];
  for (const { offset, bytes } of runs) {
    const start = Math.floor(offset / sectorSize) * sectorSize;
    const end = Math.ceil((offset + bytes.length) / sectorSize) * sectorSize;
    const last = sectors.at(-1);
    if (last && start <= last.offset + last.length) last.length = Math.max(last.length, end - last.offset);
    else sectors.push({ offset: start, length: end - start });
  }
  return sectors;
}

async function readOrNull(source: BlockSource, offset: number, length: number, signal: AbortSignal): Promise<Buffer | null> {
  try {
    return await source.read(offset, length, signal);
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}
