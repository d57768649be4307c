import { describe, expect, test } from 'vitest';
import { ExtentList, intersect } from '@diskwright/sdk/extents';
import { toolsMissing } from '@diskwright/sdk/testing';
import { type FatImage, TOOLS, tryRun } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;
/** mkfs.fat -F 32 -s 1 on 64 MiB: 32 reserved sectors, FATs of 1009 sectors, data behind them. */
const FAT1 = 32 * 512;
const FAT2 = FAT1 + 1009 * 512;
const DATA = FAT2 + 1009 * 512;
const clusterRange = (cluster: number) => ({ offset: DATA + (cluster - 2) * 512, length: 512 });
const END = [0xff, 0xff, 0xff, 0x0f];

async function fat32(): Promise<FatImage> {
  const image = makeFat(64 * MIB, ['-F', '32', '-s', '1']);
  expect(image.oracle().dataOffset).toBe(DATA);
  return image;
}

function contains(extents: ExtentList | null, cluster: number): boolean {
  return extents !== null && intersect(extents, ExtentList.fromRanges([clusterRange(cluster)])).covered === 512;
}

describe.skipIf(toolsMissing(...TOOLS))('FATs that differ', () => {
  test.each([
    ['first', FAT1],
    ['second', FAT2],
  ])('a cluster that only the %s FAT calls used is used', async (_, fat) => {
    const image = (await fat32()).patch(fat + 5000 * 4, END);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('FATs differ');
    const filesystem = await openFat(image.path);
    const allocation = await filesystem.allocation(signal);
    expect(allocation.confidence).toBe('conservative');
    expect(allocation.reasons).toEqual([expect.stringContaining('disagree about 1 clusters')]);
    expect(contains(allocation.extents, 5000)).toBe(true);
    const findings = await filesystem.check(signal);
    expect(findings.find((finding) => finding.code === 'fat.mirrors')).toMatchObject({
      severity: 'error',
      ranges: [clusterRange(5000)],
    });
  });

  test('a cluster that one FAT calls bad and the other used is used', async () => {
    const image = (await fat32()).patch(FAT1 + 5000 * 4, [0xf7, 0xff, 0xff, 0x0f]).patch(FAT2 + 5000 * 4, END);
    const { confidence, extents } = await (await openFat(image.path)).allocation(signal);
    expect(confidence).toBe('conservative');
    expect(contains(extents, 5000)).toBe(true);
  });

  test('in a link only leave the allocation exact, with a finding', async () => {
    const image = (await fat32()).patch(FAT1 + 5000 * 4, END).patch(FAT2 + 5000 * 4, [0x89, 0x13, 0, 0]);
    const filesystem = await openFat(image.path);
    expect((await filesystem.allocation(signal)).confidence).toBe('exact');
    const findings = await filesystem.check(signal);
    expect(findings.find((finding) => finding.code === 'fat.mirrors')?.severity).toBe('warning');
  });

  test('do not matter while only one is kept up to date', async () => {
    // Extended flags: mirroring off, the second FAT is active.
    const image = (await fat32())
      .patch(0x28, [0x81])
      .patch(FAT1 + 5000 * 4, END)
      .patch(FAT2 + 6000 * 4, END);
    const { confidence, extents } = await (await openFat(image.path)).allocation(signal);
    expect(confidence).toBe('exact');
    expect([contains(extents, 5000), contains(extents, 6000)]).toEqual([false, true]);
  });
});

test.skipIf(toolsMissing(...TOOLS))('reserved bits, reserved values and links that lead nowhere count as used', async () => {
  const image = await fat32();
  const values = { 5000: [0, 0, 0, 0xf0], 5010: [1, 0, 0, 0], 5020: [0xf0, 0xff, 0xff, 0x0f], 5030: [0, 0, 0, 0x0e] };
  for (const [cluster, value] of Object.entries(values)) {
    for (const fat of [FAT1, FAT2]) image.patch(fat + Number(cluster) * 4, value);
  }
  const { confidence, extents } = await (await openFat(image.path)).allocation(signal);
  expect(confidence).toBe('exact');
  expect([5000, 5010, 5020, 5030].map((cluster) => contains(extents, cluster))).toEqual([false, true, true, true]);
});

test.skipIf(toolsMissing(...TOOLS))('entries behind the last cluster mean nothing', async () => {
  const image = await fat32();
  const { clusterCount } = image.oracle();
  for (const fat of [FAT1, FAT2]) image.patch(fat + (clusterCount + 2) * 4, END);
  const { extents } = await (await openFat(image.path)).allocation(signal);
  expect(extents?.end).toBe(DATA + 512);
});
