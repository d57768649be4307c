import { createDecipheriv, type Decipher } from 'node:crypto';
import { BLOCK_WORDS, PIECE_BYTES, type SectorCipher, wordsOf } from './sectorCipher';
import type { Vectors } from './vectors';

/**
 * AES in the mode CBC, each sector by itself. The blocks of many sectors are decrypted with one call, and the mode's own part, the encrypted block before
 * each, is taken out of them here.
 */
export class CbcCipher implements SectorCipher {
  private readonly data: Decipher;

  constructor(
    key: Buffer,
    private readonly vectors: Vectors,
    private readonly sectorBytes: number,
  ) {
    this.data = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  }

  decrypt(sectors: Buffer, first: number): Buffer {
    const plain = Buffer.allocUnsafeSlow(sectors.length);
    const vectors = wordsOf(this.vectors.of(first, sectors.length / this.sectorBytes, this.sectorBytes));
    const encrypted = wordsOf(sectors);
    const decrypted = wordsOf(plain);
    for (let start = 0; start < sectors.length; start += PIECE_BYTES) {
      const piece = wordsOf(this.data.update(sectors.subarray(start, start + PIECE_BYTES)));
      this.unchain(decrypted, start / 4, piece, encrypted, vectors);
    }
    return plain;
  }

  private unchain(target: Int32Array, start: number, piece: Int32Array, encrypted: Int32Array, vectors: Int32Array): void {
    const sectorWords = this.sectorBytes / 4;
    for (let sector = 0; sector < piece.length; sector += sectorWords) {
      const vector = ((start + sector) / sectorWords) * BLOCK_WORDS;
      for (let word = 0; word < BLOCK_WORDS; word++)
        target[start + sector + word] = piece[sector + word]! ^ vectors[vector + word]!;
      for (let word = sector + BLOCK_WORDS; word < sector + sectorWords; word++)
        target[start + word] = piece[word]! ^ encrypted[start + word - BLOCK_WORDS]!;
    }
  }
}
