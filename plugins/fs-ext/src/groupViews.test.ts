import { describe, expect, onTestFinished, test } from 'vitest';
import type { ViewResult } from '@diskwright/sdk/protocol';
import { createTestHost, runTool, toolsMissing } from '@diskwright/sdk/testing';
import plugin from './main';
import { ExtImage, extTools } from './testing/extImage';

const mebibyte = 1024 * 1024;

async function view(image: ExtImage, command: string, input: object = {}): Promise<ViewResult> {
  const host = await createTestHost(plugin, { devices: { disk: image.path } });
  onTestFinished(() => host.close());
  const volume = { deviceId: 'disk', partition: 0 };
  const result = await host.execute(command, { volume, firstGroup: 0, ...input }, { named: { volume: 'disk#0' } });
  expect(host.openLeases).toBe(0);
  if (result.kind !== 'view') throw new Error(`a ${result.kind}`);
  return result.view;
}

function makeImage(): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(300 * mebibyte, ['-t', 'ext4', '-b', '1024']).fragment(7, 12, 200_000);
}

describe.skipIf(toolsMissing(...extTools))('views of block groups', () => {
  test('the table says of every group what dumpe2fs says', async () => {
    const image = makeImage();
    const shown = await view(image, 'fs-ext.groups');
    if (shown.view !== 'table') throw new Error(shown.view);
    const report = runTool('dumpe2fs', [image.path]);
    const expected = [
      ...report.matchAll(/^Group (\d+): \(Blocks (\d+-\d+)\).*?(?:\[(.*)\])?$[^]*?(\d+) free blocks, (\d+) free inodes/gm),
    ];
    expect(shown.rows.map((row) => row.slice(0, 5))).toEqual(
      expected.map(([, group, blocks, flags, free, inodes]) => [group, blocks, free, inodes, flags ?? '']),
    );
    expect(new Set(shown.rows.map((row) => row[5]))).toEqual(new Set(['right']));
    expect(shown.ranges![1]![0]).toEqual({ offset: 8193 * 1024, length: 8192 * 1024 });
  });

  test('the map has a unit a group, and shows a damaged descriptor', async () => {
    const image = makeImage();
    image.patch(2048 + 3 * 64 + 12, [0xff]);
    const shown = await view(image, 'fs-ext.groupMap');
    if (shown.view !== 'map') throw new Error(shown.view);
    const units = shown.runs.flatMap(({ category, count }) => Array.from({ length: count }, () => category));
    expect(units).toHaveLength(38);
    expect(units.flatMap((category, group) => (category === 'damaged' ? [group] : []))).toEqual([3]);
    expect(shown.place).toEqual({ offset: 1024, unitBytes: 8192 * 1024 });
  });

  test('what is no ext filesystem is refused', async () => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    image.blank(mebibyte);
    await expect(view(image, 'fs-ext.groups')).rejects.toMatchObject({ code: 'DamagedStructure' });
  });
});
