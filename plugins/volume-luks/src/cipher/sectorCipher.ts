/** Decrypts sectors with one key. */
export interface SectorCipher {
  /**
   * @param sectors whole ones; left as they are
   * @param first the number of the first for initial vectors, in units of 512 bytes
   * @returns a buffer of its own
   */
  decrypt(sectors: Buffer, first: number): Buffer;
}

/** So many bytes are worked on together, such that all of it stays in the processor's cache. */
export const PIECE_BYTES = 64 * 1024;

export const BLOCK_BYTES = 16;
export const BLOCK_WORDS = BLOCK_BYTES / 4;

/** Bytes as words of the machine; a copy where they do not lie at a whole word. */
export function wordsOf(bytes: Buffer): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
