import type { ByteRange } from '../protocol/types';
import type { ScratchImage } from './scratchImage';
import type { SeededRandom } from './seededRandom';

/** Integers at which parsers break: zero, one, sign and width limits, and their neighbours. */
const interesting: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 7n, 8n, 16n, 34n, 63n, 127n, 128n, 255n, 512n, 4096n, 32768n, 65535n],
  ...[
    0x7fffffffn,
    0x80000000n,
    0xfffffffen,
    0xffffffffn,
    0x100000000n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 55n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ],
];

/** Overwrites `width` bytes at `offset` with an integer of the kind that parsers break at. Little or big endian. */
export function writeInterestingInteger(image: ScratchImage, offset: number, width: 1 | 2 | 4 | 8, random: SeededRandom): void {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64LE(random.pick(interesting));
  const bytes = encoded.subarray(0, width);
  image.write(offset, random.chance(0.15) ? Buffer.from(bytes).reverse() : bytes);
}

function pickPlace(image: ScratchImage, ranges: readonly ByteRange[], random: SeededRandom): number {
  const range = random.pick(ranges);
  return Math.min(range.offset + random.integer(Math.max(1, range.length)), Math.max(0, image.size - 1));
}

/**
 * Damages the image once somewhere in `ranges` (where the format's structures lie), without knowing the format: a flipped bit, a random byte, an
 * integer at a limit, a neighbour's value, a wiped or duplicated piece.
 */
export function damage(image: ScratchImage, ranges: readonly ByteRange[], random: SeededRandom): void {
  if (image.size === 0) return;
  const place = pickPlace(image, ranges, random);
  switch (random.integer(8)) {
    case 0: {
      const byte = image.read(place, 1);
      byte[0]! ^= 1 << random.integer(8);
      return image.write(place, byte);
    }
    case 1:
      return image.write(place, random.bytes(1 + random.integer(16)));
    case 2:
      return image.write(place, Buffer.alloc(1 + random.integer(512), random.pick([0, 0, 0xff])));
    case 3: {
      const from = pickPlace(image, ranges, random);
      return image.write(place, image.read(from, Math.min(1 + random.integer(512), image.size - from)));
    }
    case 4: {
      // Counters and links that are off by a little reach further than wild values do.
      const aligned = place - (place % 4);
      if (aligned > image.size - 4) return;
      const word = image.read(aligned, 4);
      word.writeUInt32LE((word.readUInt32LE(0) + random.integer(17) - 8) >>> 0);
      return image.write(aligned, word);
    }
    default: {
      const width = random.pick([1, 2, 4, 4, 8, 8] as const);
      return writeInterestingInteger(image, place - (place % width), width, random);
    }
  }
}
