import { readFileSync } from 'node:fs';
import { MemorySource } from '@diskwright/sdk/block';
import { checkImage, openContainer, toolsMissing } from '@diskwright/sdk/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenContainer } from '@diskwright/sdk';
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
  let dataOffsets: number[] = [];
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
    const data = group
      .report('pvs', 'pe_start,pv_pe_count')
      .map(([start, count]) => ({ offset: Number(start), length: Number(count) * EXTENT }));
    group.fill(data);
    dataOffsets = data.map(({ offset }) => offset);
    images = group.images.map((path) => readFileSync(path));
  });

  /** What LVM says that the bytes of a volume are. */
  function expected(name: string): Buffer {
    const parts = group.segments('group').filter(({ volume }) => volume === name);
    return Buffer.concat(
      parts.map(({ extents, stripeBytes, areas }) => {
        const bytes = Buffer.alloc(extents * EXTENT);
        const step = areas.length > 1 ? stripeBytes : bytes.length;
        for (let at = 0, stripe = 0; at < bytes.length; at += step, stripe++) {
          const { member, extent } = areas[stripe % areas.length]!;
          const from = dataOffsets[member]! + extent * EXTENT + Math.floor(stripe / areas.length) * step;
          images[member]!.copy(bytes, at, from, from + step);
        }
        return bytes;
      }),
    );
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
