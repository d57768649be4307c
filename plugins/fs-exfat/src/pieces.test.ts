import { expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS } from './testing/exfatImage';
import { makeExfat, openExfat, signal } from './testing/openExfat';

const MIB = 1024 * 1024;
/** The most extents before gaps are given up. */
const STEP = 2 * MIB;

function bitsIn(byte: number): number {
  let bits = 0;
  for (let rest = byte; rest > 0; rest >>>= 1) bits += rest & 1;
  return bits;
}

test.skipIf(toolsMissing(...TOOLS))(
  'a bitmap that uses every other cluster is told by a bounded number of extents, none of them lost',
  async () => {
    const image = makeExfat(2400 * MIB, ['-c', '512']);
    const { heapOffset, clusterBytes, clusters, bitmapCluster, bitmapBytes } = image.dump();
    const bitmapAt = heapOffset + (bitmapCluster - 2) * clusterBytes;
    const bitmap = image.peek(bitmapAt, bitmapBytes);
    for (let byte = 0; byte < bitmapBytes; byte++) bitmap[byte]! |= 0x55;
    // Behind the last cluster nothing counts.
    if (clusters % 8 > 0) bitmap[bitmapBytes - 1]! &= (1 << (clusters % 8)) - 1;
    image.patch(bitmapAt, bitmap);
    const filesystem = await openExfat(image.path);
    const { confidence, reasons, extents } = await filesystem.allocation(signal);
    expect([confidence, reasons]).toEqual(['conservative', [expect.stringContaining('gaps of up to 65536 bytes count as used')]]);
    expect(extents!.count).toBeLessThanOrEqual(STEP + 1);
    const end = heapOffset + (Math.ceil(clusters / 2) * 2 - 1) * clusterBytes;
    expect([extents!.offsetAt(0), extents!.endAt(extents!.count - 1)]).toEqual([0, end]);
    expect(extents!.covered).toBeGreaterThan((clusters / 2) * clusterBytes);
    // Counted one by one, and no gaps.
    const used = bitmap.reduce((sum, byte) => sum + bitsIn(byte), 0);
    expect(await filesystem.info(signal)).toMatchObject({ used: heapOffset + used * clusterBytes });
  },
);
