import { expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;
const CLUSTER = 512;
/** The most extents before gaps are given up. */
const STEP = 2 * MIB;

test.skipIf(toolsMissing(...TOOLS))(
  'a FAT that uses every other cluster is told by a bounded number of extents, none of them lost',
  async () => {
    const image = makeFat(2400 * MIB, ['-F', '32', '-s', '1', '-f', '1']);
    const { dataOffset } = image.oracle();
    const entries = (image.peek(0x20, 4).readUInt32LE() * CLUSTER - dataOffset) / CLUSTER + 2;
    const fat = Buffer.alloc(entries * 4);
    // Clusters 2, 4, 6 …
    for (let cluster = 2; cluster < entries; cluster += 2) fat.writeUInt32LE(0x0fff_ffff, cluster * 4);
    image.patch(32 * 512 + 8, fat.subarray(8));
    const { confidence, reasons, extents } = await (await openFat(image.path)).allocation(signal);
    expect([confidence, reasons]).toEqual(['conservative', [expect.stringContaining('gaps of up to 65536 bytes count as used')]]);
    expect(extents!.count).toBe(STEP + 1);
    const last = dataOffset + (Math.floor((entries - 1) / 2) * 2 - 2) * CLUSTER;
    expect([extents!.offsetAt(0), extents!.endAt(0), extents!.endAt(1)]).toEqual([
      0,
      dataOffset + CLUSTER,
      dataOffset + 3 * CLUSTER,
    ]);
    expect([extents!.offsetAt(STEP), extents!.endAt(STEP)]).toEqual([dataOffset + STEP * 2 * CLUSTER, last + CLUSTER]);
  },
);
