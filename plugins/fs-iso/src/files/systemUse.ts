import { readOrNull } from '@diskwright/sdk/files';
import type { IsoVolume } from '../volume';

/** An entry of a system use area (SUSP, IEEE P1281). */
export interface SystemUseEntry {
  signature: string;
  /** Behind signature, length and version. */
  data: Buffer;
}

const HEAD_BYTES = 4;
const CONTINUATION_BYTES = 24;
/** A chain of areas that is longer is damage. */
const MOST_AREAS = 64;
const LARGEST_AREA = 65536;

/**
 * The entries of a record's system use area and of the areas that continue it. What makes no sense ends it.
 * @throws what `read` throws, but for bad sectors, which end it as well
 */
export async function systemUseEntries(volume: IsoVolume, area: Buffer, signal: AbortSignal): Promise<SystemUseEntry[]> {
  const entries: SystemUseEntry[] = [];
  let next: Buffer | null = area;
  for (let areas = 0; next && areas < MOST_AREAS; areas++) {
    let continuation: { offset: number; length: number } | null = null;
    const bytes: Buffer = next;
    for (let at = 0; at <= bytes.length - HEAD_BYTES;) {
      const length = bytes[at + 2]!;
      if (length < HEAD_BYTES || length > bytes.length - at) break;
      const entry: SystemUseEntry = {
        signature: bytes.toString('latin1', at, at + 2),
        data: bytes.subarray(at + HEAD_BYTES, at + length),
      };
      if (entry.signature === 'ST') break;
      if (entry.signature === 'CE') continuation = continuationOf(volume, entry.data) ?? continuation;
      else entries.push(entry);
      at += length;
    }
    const place: { offset: number; length: number } | null = continuation;
    next = place && (await readOrNull(() => volume.read(place.offset, place.length, signal)));
  }
  return entries;
}

function continuationOf({ blockSize }: IsoVolume, data: Buffer): { offset: number; length: number } | null {
  if (data.length < CONTINUATION_BYTES) return null;
  const length = data.readUInt32LE(16);
  return length > LARGEST_AREA ? null : { offset: data.readUInt32LE(0) * blockSize + data.readUInt32LE(8), length };
}
