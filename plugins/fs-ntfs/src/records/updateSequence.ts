import { readU16 } from './littleEndian';

/** An update sequence guards pieces of this length, whatever the sector size. */
const GUARDED_BYTES = 512;

/**
 * Puts the last two bytes of each guarded piece back, as they were before the record was written (ntfs-3g, libntfs-3g/mst.c), in place. Serves file records,
 * index blocks and pages of the log alike.
 * @returns false, with the bytes as they were, when a piece bears another sequence number (it was torn while being written) or the sequence makes no sense
 */
export function applyUpdateSequence(bytes: Buffer, start: number, length: number): boolean {
  const offset = readU16(bytes, start + 4);
  const pieces = readU16(bytes, start + 6) - 1;
  if (pieces * GUARDED_BYTES !== length || offset % 2 !== 0 || offset + pieces * 2 + 2 > GUARDED_BYTES - 2) return false;
  const sequenceLow = bytes[start + offset]!;
  const sequenceHigh = bytes[start + offset + 1]!;
  for (let piece = 1; piece <= pieces; piece++) {
    const end = start + piece * GUARDED_BYTES;
    if (bytes[end - 2] !== sequenceLow || bytes[end - 1] !== sequenceHigh) return false;
  }
  for (let piece = 1; piece <= pieces; piece++) {
    const end = start + piece * GUARDED_BYTES;
    const kept = start + offset + piece * 2;
    bytes[end - 2] = bytes[kept]!;
    bytes[end - 1] = bytes[kept + 1]!;
  }
  return true;
}
