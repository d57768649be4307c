import { describe, expect, onTestFinished, test } from 'vitest';
import type { TreeNode } from '@diskwright/sdk/protocol';
import { createTestHost, toolsMissing } from '@diskwright/sdk/testing';
import plugin from './main';
import { TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;

async function nodes(image: TableImage): Promise<TreeNode[]> {
  const host = await createTestHost(plugin, { devices: { disk: image.path } });
  onTestFinished(() => host.close());
  const result = await host.execute('table-gpt-mbr.entries', { device: 'disk' }, { named: { device: 'disk' } });
  if (result.kind !== 'view' || result.view.view !== 'tree') throw new Error('no tree');
  return result.view.nodes;
}

describe.skipIf(toolsMissing(...tools))('the entries of a table', () => {
  test('of a GPT: used ones with their fields, unused ones in runs', async () => {
    const image = new TableImage(32 * mib).sgdisk('-n2:2048:+4M', '-c2:two', '-A2:set:2', '-n5:0:+4M');
    const shown = await nodes(image);
    expect(shown.map(({ label, description }) => [label, description])).toEqual([
      ['1', 'unused'],
      ['2', '"two", Linux filesystem, LBA 2048 … 10239'],
      ['3 … 4', 'unused'],
      ['5', 'Linux filesystem, LBA 10240 … 18431'],
      ['6 … 128', 'unused'],
    ]);
    const attributes = shown[1]!.children!.find(({ label }) => label === 'attributes')!;
    expect(attributes.description).toBe('0x0000000000000004 (legacy BIOS bootable)');
    expect(image.read(attributes.ranges![0]!.offset, 8).readBigUInt64LE()).toBe(4n);
    expect(shown[1]!.ranges).toContainEqual({ offset: mib, length: 4 * mib });
  });

  test('of an MBR: four of each record of its chain', async () => {
    const image = new TableImage(32 * mib).sfdisk('label: dos\n2048,4096,83,*\n6144,49152,5\n8192,4096,83\n14336,4096,7');
    const shown = await nodes(image);
    expect(
      shown.map(({ label, children }) => [label, children!.map(({ description }) => description!.replace(/, .*/, ''))]),
    ).toEqual([
      ['master boot record', ['primary', 'extended', 'unused', 'unused']],
      ['extended boot record in partition 2', ['logical', 'leads to the next record', 'unused', 'unused']],
      ['extended boot record in partition 2', ['logical', 'unused', 'unused', 'unused']],
    ]);
  });

  test('of no table are refused', async () => {
    await expect(nodes(new TableImage(mib))).rejects.toMatchObject({ code: 'Refused' });
  });
});
