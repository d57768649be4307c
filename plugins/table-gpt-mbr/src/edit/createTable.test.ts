import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, isRoot, normalized, signal, TableImage, tools } from '../testing/tableImage';
import { createTable } from './editTable';

const mib = 1024 * 1024;
const linux = '0fc63daf-8483-4772-8e79-3d69d8477de4';

describe.skipIf(toolsMissing(...tools))('a new table', () => {
  test.each([
    ['gpt', 512, linux],
    ['mbr', 512, '0x83'],
    ['gpt', 4096, linux],
    ['mbr', 4096, '0x83'],
  ] as const)('%s with sectors of %i bytes is what the tools call one', async (type, sectorSize, partitionType) => {
    if (sectorSize === 4096 && !isRoot) return;
    const image = new TableImage(64 * mib, sectorSize).write(0, Buffer.alloc(mib, 0xa5));
    const target = { size: image.size, sectorSize };
    const operations = [1, 20].map((at) => ({ kind: 'create' as const, start: at * mib, size: 16 * mib, type: partitionType }));
    const created = await createTable({ type, target, operations }, signal);
    image.apply(created.writes);
    expect(created.warnings).toEqual([]);
    expect(created.layout.findings).toEqual([]);
    if (type === 'gpt') expect(image.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
    expect(image.run('sfdisk', ['--verify', '{}'])).toContain('No errors detected');
    expect(asSfdisk(created.layout, sectorSize)).toEqual(normalized(image.sfdiskJson()));
    expect(await image.layout()).toEqual(created.layout);
  });

  test.each(['gpt', 'mbr'] as const)('%s may be empty', async (type) => {
    const image = new TableImage(64 * mib);
    const created = await createTable({ type, target: { size: image.size, sectorSize: 512 }, operations: [] }, signal);
    expect(await image.apply(created.writes).layout()).toMatchObject({ type, partitions: [] });
  });

  test('beyond 2 TiB has a protective record of the largest size', async () => {
    const image = new TableImage(4 * 1024 * 1024 * mib);
    const created = await createTable({ type: 'gpt', target: { size: image.size, sectorSize: 512 }, operations: [] }, signal);
    expect(image.apply(created.writes).run('sgdisk', ['-v', '{}'])).toContain('No problems found');
  });

  test('is refused where it has no room', async () => {
    const request = { type: 'gpt' as const, target: { size: 32 * 512, sectorSize: 512 as const }, operations: [] };
    await expect(createTable(request, signal)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringContaining('too small') as string,
    });
  });
});
