import { describe, expect, onTestFinished, test } from 'vitest';
import type { ViewResult } from '@diskwright/sdk/protocol';
import { createTestHost, toolsMissing } from '@diskwright/sdk/testing';
import plugin from './main';
import { type FatImage, TOOLS } from './testing/fatImage';
import { makeFat } from './testing/openFat';

const mebibyte = 1024 * 1024;

async function view(image: FatImage, command: string, firstCluster = 0): Promise<ViewResult> {
  const host = await createTestHost(plugin, { devices: { disk: image.path } });
  onTestFinished(() => host.close());
  const volume = { deviceId: 'disk', partition: 0 };
  const result = await host.execute(command, { volume, firstCluster }, { named: { volume: 'disk#0' } });
  expect(host.openLeases).toBe(0);
  if (result.kind !== 'view') throw new Error(`a ${result.kind}`);
  return result.view;
}

describe.skipIf(toolsMissing(...TOOLS))('views of the FAT', () => {
  test.each([
    ['12', 4 * mebibyte],
    ['16', 16 * mebibyte],
  ])('the map of a FAT%s shows the clusters that the tools call used', async (width, size) => {
    const image = makeFat(size, ['-F', width, '-s', '4']).fillAndFragment(3, 12, 60_000);
    const { usedClusters, clusterCount, dataOffset, clusterBytes } = image.oracle();
    const shown = await view(image, 'fs-fat.usageMap');
    if (shown.view !== 'map') throw new Error(shown.view);
    const units = shown.runs.flatMap(({ category, count }) => Array.from({ length: count }, () => category));
    expect(units).toHaveLength(clusterCount);
    expect(units.flatMap((category, index) => (category === 'used' ? [index + 2] : []))).toEqual(usedClusters);
    expect(shown.place).toEqual({ offset: dataOffset, unitBytes: clusterBytes });
  });

  test('a unit of a large map stands for several clusters', async () => {
    const image = makeFat(40 * mebibyte, ['-F', '32', '-s', '1']).fillAndFragment(3, 12, 60_000);
    const { usedClusters, clusterCount } = image.oracle();
    const shown = await view(image, 'fs-fat.usageMap');
    if (shown.view !== 'map') throw new Error(shown.view);
    expect(shown.unit).toBe('5 clusters of 512 bytes');
    const units = shown.runs.flatMap(({ category, count }) => Array.from({ length: count }, () => category));
    expect(units).toHaveLength(Math.ceil(clusterCount / 5));
    const touched = new Set(usedClusters.map((cluster) => Math.floor((cluster - 2) / 5)));
    expect(units.flatMap((category, index) => (category === 'free' ? [] : [index]))).toEqual([...touched]);
  });

  test('the entries lead along the chains', async () => {
    const image = makeFat(16 * mebibyte, ['-F', '16', '-s', '4']).fillAndFragment(3, 12, 60_000);
    const shown = await view(image, 'fs-fat.entries', 3);
    if (shown.view !== 'table') throw new Error(shown.view);
    expect(shown.rows).toHaveLength(4096);
    expect(shown.rows[0]![0]).toBe('2');
    const used = shown.rows.filter(([, , meaning]) => meaning !== 'free').map(([cluster]) => Number(cluster));
    expect(used).toEqual(image.oracle().usedClusters.filter((cluster) => cluster < 2 + 4096));
    const fat = shown.ranges![0]![1]!;
    expect(image.peek(fat.offset, 2).readUInt16LE().toString(16)).toBe(shown.rows[0]![1]!.slice(2).replace(/^0+(?=.)/, ''));
  });
});
