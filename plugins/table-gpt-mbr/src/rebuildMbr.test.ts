import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, isRoot, normalized, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;

const primary = (image: TableImage): TableImage => image.sfdisk('label: dos\n,4M,L,*\n,4M,7\n,4M,c');
/** Partition 2 from 3 to 27 MiB, in it 5 (4 … 6 MiB), 6 (7 … 9 MiB) and 7 (10 … 14 MiB), each 1 MiB behind its boot record. */
const logical = (image: TableImage): TableImage =>
  image.sfdisk('label: dos\n2048,4096,83\n6144,49152,5\n8192,4096,83\n14336,4096,7\n20480,8192,82');

async function judge(source: TableImage, target: TableImage, rebuilt: Awaited<ReturnType<TableImage['rebuild']>>): Promise<void> {
  target.apply(rebuilt.writes);
  expect(target.run('sfdisk', ['--verify', '{}'])).toContain('No errors detected');
  expect(asSfdisk(rebuilt.layout, source.sectorSize)).toEqual(normalized(target.sfdiskJson()));
  expect(rebuilt.layout.findings).toEqual([]);
  expect(await target.layout()).toEqual(rebuilt.layout);
}

describe.skipIf(toolsMissing(...tools))('a rebuilt MBR', () => {
  test.each([
    ['primary partitions', primary],
    ['logical partitions', logical],
  ])('with %s and without changes is the same to the last byte', async (_, make) => {
    const image = make(new TableImage(32 * mib)).write(0, Buffer.alloc(440, 0x90));
    const before = image.content();
    image.apply((await image.rebuild()).writes);
    expect(image.content().equals(before)).toBe(true);
  });

  test('on an empty disk has all its extended boot records', async () => {
    const source = logical(new TableImage(32 * mib));
    const target = new TableImage(64 * mib);
    await judge(source, target, await source.rebuild({ size: target.size }));
  });

  test('has primary partitions where they were asked for', async () => {
    const source = primary(new TableImage(32 * mib));
    const target = new TableImage(64 * mib);
    const changes = [
      { number: 3, size: 50 * mib },
      { number: 1, start: 2 * mib, size: 3 * mib },
    ];
    await judge(source, target, await source.rebuild({ size: target.size, changes }));
    expect(target.sfdiskJson().partitions?.map(({ start, size }) => [start / 2048, size / 2048])).toEqual([
      [2, 3],
      [5, 4],
      [9, 50],
    ]);
  });

  test('grows the extended partition and its last logical one', async () => {
    const source = logical(new TableImage(32 * mib));
    const target = new TableImage(64 * mib);
    const changes = [
      { number: 2, size: 60 * mib },
      { number: 7, size: 40 * mib },
    ];
    await judge(source, target, await source.rebuild({ size: target.size, changes }));
    expect(target.sfdiskJson().partitions?.at(-1)?.size).toBe((40 * mib) / 512);
  });

  test('moves an extended partition with all that is in it', async () => {
    const source = logical(new TableImage(32 * mib));
    const target = new TableImage(64 * mib);
    const { partitions } = await source.layout();
    const changes = partitions
      .filter(({ number }) => number > 1)
      .map(({ number, start }) => ({ number, start: start + 16 * mib }));
    await judge(source, target, await source.rebuild({ size: target.size, changes }));
  });

  test('moves one logical partition with its boot record', async () => {
    const source = logical(new TableImage(32 * mib));
    const target = new TableImage(32 * mib);
    const last = (await source.layout()).partitions.at(-1)!;
    const rebuilt = await source.rebuild({ changes: [{ number: 7, start: last.start + 8 * mib }] });
    await judge(source, target, rebuilt);
    expect(rebuilt.writes[0]).toMatchObject({ structure: 'extended boot record', offset: last.start + 7 * mib });
  });

  test('with a new identity has another signature, never zero', async () => {
    const source = primary(new TableImage(32 * mib));
    const target = new TableImage(32 * mib);
    const rebuilt = await source.rebuild({ identity: 'new' });
    await judge(source, target, rebuilt);
    expect(rebuilt.layout.id).not.toBe((await source.layout()).id);
    expect(rebuilt.layout.id).toMatch(/^[0-9a-f]{8}$/);
    expect(rebuilt.layout.partitions[0]?.id).toBe(`${rebuilt.layout.id}-01`);
  });

  test('keeps an empty extended partition empty', async () => {
    const source = new TableImage(32 * mib).sfdisk('label: dos\n,2M,L\n,,f');
    const target = new TableImage(32 * mib).write(3 * mib, Buffer.alloc(512, 0xa5));
    await judge(source, target, await source.rebuild());
  });

  test('is written from the last boot record to the first, LBA 0 at the end', async () => {
    const { writes } = await logical(new TableImage(32 * mib)).rebuild();
    const offsets = writes.map(({ offset }) => offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => b - a));
    expect(offsets.at(-1)).toBe(0);
  });

  test('warns of what an MBR cannot count', async () => {
    const rebuilt = await primary(new TableImage(32 * mib)).rebuild({ size: 2 ** 41 + mib });
    expect(rebuilt.warnings).toEqual(['an MBR counts at most 4294967296 sectors: 1048576 bytes of the target cannot be used']);
  });

  test.each([
    [
      'beyond the end',
      { size: 16 * mib },
      /partition 2 would lie at LBA .*, beyond the end of the target, LBA 32767: \d+ bytes too far/,
    ],
    ['over another', { changes: [{ number: 1, size: 3 * mib }] }, /partition 2 would overlap partition 1/],
    ['over LBA 0', { size: 2 ** 43, changes: [{ number: 1, start: 2 ** 41 }] }, /where an MBR cannot point/],
    [
      'outside of its extended one',
      { changes: [{ number: 7, size: 20 * mib }] },
      /partition 7 .*, outside of its extended partition 2/,
    ],
    [
      'over a boot record',
      { changes: [{ number: 5, size: 3 * mib }] },
      /the extended boot record at LBA \d+ would lie inside of partition 5/,
    ],
    [
      'before its boot record',
      { changes: [{ number: 5, start: 3 * mib }] },
      /partition 5 .*, but must lie behind the extended boot record/,
    ],
    [
      'left behind by its extended one',
      { changes: [{ number: 2, start: 12 * mib, size: 8 * mib }] },
      /partition 5 .*, outside of its extended/,
    ],
  ])('is refused with a partition %s', async (_, request, message) => {
    const image = logical(new TableImage(32 * mib));
    await expect(image.rebuild(request)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(message) as string,
    });
  });

  test('is refused when the chain is damaged', async () => {
    const image = logical(new TableImage(32 * mib));
    const { structures } = await image.layout();
    image.write(structures.at(-1)!.offset + 446 + 16, image.read(3 * mib + 446 + 16, 16));
    await expect(image.rebuild()).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringContaining('leads back') as string,
    });
  });
});

describe.skipIf(toolsMissing(...tools, 'losetup') || !isRoot)('a rebuilt MBR with sectors of 4096 bytes', () => {
  test('has its extended boot records where they belong', async () => {
    const source = new TableImage(64 * mib, 4096).sfdisk('label: dos\n256,1024,83\n1280,8192,5\n1536,512,83\n2304,512,7');
    const target = new TableImage(128 * mib, 4096);
    const changes = [{ number: 6, size: 16 * mib }];
    await judge(source, target, await source.rebuild({ size: target.size, changes }));
  });
});
