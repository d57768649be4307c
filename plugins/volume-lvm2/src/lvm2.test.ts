import { readFileSync } from 'node:fs';
import { MemorySource } from '@diskwright/sdk/block';
import { checkImage, openContainer, toolsMissing } from '@diskwright/sdk/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenContainer } from '@diskwright/sdk';
import { volumeBytes } from './conformance/volumeBytes';
import { lvm2Provider } from './provider';
import { LvmGroup, lvmTools } from './testing/lvmGroup';

const MIB = 1024 * 1024;
const EXTENT = 256 * 1024;
async function open(images: readonly Buffer[]): Promise<OpenContainer> {
  const sources = images.map((bytes) => new MemorySource(bytes));
  return (await openContainer(lvm2Provider, sources)).container;
}

describe.skipIf(toolsMissing(...lvmTools))('a volume group that LVM made', () => {
  const group = new LvmGroup([12 * MIB, 12 * MIB, 12 * MIB]);
  let images: Buffer[] = [];
  let data: { offset: number; length: number }[] = [];
  afterAll(() => group.close());

  beforeAll(() => {
    const [first, second, third] = group.devices as [string, string, string];
    group.lvm('pvcreate', '-y', first);
    group.lvm('pvcreate', '-y', '--pvmetadatacopies', '2', '--labelsector', '3', second);
    group.lvm('pvcreate', '-y', '--pvmetadatacopies', '0', '--dataalignment', '192k', third);
    group.lvm('vgcreate', '-s', '256k', 'group', first, second, third);
    const create = (...args: string[]): string => group.lvm('lvcreate', '-y', '-an', '-Zn', '-Wn', ...args);
    create('-n', 'root', '-L', '3m', 'group', first);
    create('-n', 'three', '-i', '3', '-I', '4k', '-L', '6m', 'group');
    create('-n', 'two', '-i', '2', '-I', '64k', '-L', '2m', 'group', second, third);
    group.lvm('lvextend', '-y', 'group/root', '-L', '+2m', third);
    group.lvm('lvextend', '-y', 'group/two', '-i', '3', '-I', '128k', '-L', '+3m');
    create('-n', 'name-with.all_of+them', '-L', '256k', 'group');
    data = group
      .report('pvs', 'pe_start,pv_pe_count')
      .map(([start, count]) => ({ offset: Number(start), length: Number(count) * EXTENT }));
    group.fill(data);
    images = group.images.map((path) => readFileSync(path));
  });

  /** What LVM says that the bytes of a volume are. */
  function expected(name: string): Buffer {
    const segments = group.segments('group').filter(({ volume }) => volume === name);
    return volumeBytes(segments, images, data, EXTENT);
  }

  test('has the volumes that lvs lists, with their sizes', async () => {
    const { label, uuid, devices, warnings } = (await open(images)).describe();
    expect(devices.map(({ name, size }) => [name, String(size)])).toEqual(group.report('lvs', 'lv_name,lv_size', 'group'));
    expect([[label, uuid]]).toEqual(group.report('vgs', 'vg_name,vg_uuid'));
    expect(warnings).toEqual([]);
  });

  test.each(['root', 'three', 'two', 'name-with.all_of+them'])('%s has the bytes of its segments', async (name) => {
    const container = await open(images);
    await checkImage(container.device(name), expected(name));
  });
});
