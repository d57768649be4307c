import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, isRoot, normalized, prototype, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;
const gib = 1024 * mib;

const partitions = ['-n1:2048:+4M', '-t1:ef00', '-c1:EFI system', '-n2:0:+8M', '-A2:set:2', '-n3:0:+8M', '-c3:Größe'];
const usual = prototype(32 * mib, (image) => image.sgdisk(...partitions));
const tight = prototype(32 * mib, (image) => image.sgdisk('-n1:2048:+4M', '-n2:0:+4M', '-n3:0:+12804K'));

/** Writes the rebuilt table onto a target full of 0xa5 in the table's places and holds it against the tools. */
async function judge(source: TableImage, target: TableImage, rebuilt: Awaited<ReturnType<TableImage['rebuild']>>): Promise<void> {
  target.apply(rebuilt.writes);
  const verdict = target.run('sgdisk', ['-v', '{}']);
  expect(verdict).toContain('No problems found');
  expect(target.run('sfdisk', ['--verify', '{}'])).toContain('No errors detected');
  expect(asSfdisk(rebuilt.layout, source.sectorSize)).toEqual(normalized(target.sfdiskJson()));
  expect(rebuilt.layout.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  expect(await target.layout()).toEqual(rebuilt.layout);
}

describe.skipIf(toolsMissing(...tools))('a rebuilt GPT', () => {
  test('without changes is the same to the last byte', async () => {
    const image = usual();
    const before = image.content();
    image.apply((await image.rebuild()).writes);
    expect(image.content().equals(before)).toBe(true);
  });

  test('has its backup at the end of a larger disk, and keeps names, types and identifiers', async () => {
    const source = usual();
    const target = new TableImage(3 * gib);
    const rebuilt = await source.rebuild({ size: target.size });
    await judge(source, target, rebuilt);
    expect(target.sfdiskJson().partitions?.map(({ uuid }) => uuid)).toEqual(
      source.sfdiskJson().partitions?.map(({ uuid }) => uuid),
    );
    expect(target.sfdiskJson().lastlba).toBe(target.size / 512 - 34);
  });

  test('fits a smaller disk that its partitions fit', async () => {
    const source = new TableImage(64 * mib).sgdisk(...partitions);
    const target = new TableImage(22 * mib);
    await judge(source, target, await source.rebuild({ size: target.size }));
  });

  test('has partitions where they were asked for', async () => {
    const source = usual();
    const target = new TableImage(64 * mib);
    const changes = [
      { number: 3, size: 40 * mib },
      { number: 1, start: 60 * mib, size: 2 * mib },
    ];
    const rebuilt = await source.rebuild({ size: target.size, changes });
    await judge(source, target, rebuilt);
    expect(rebuilt.layout.partitions.map(({ start, size }) => [start / mib, size / mib])).toEqual([
      [60, 2],
      [5, 8],
      [13, 40],
    ]);
  });

  test('with a new identity has other identifiers and is the same otherwise', async () => {
    const source = usual();
    const target = new TableImage(32 * mib);
    const rebuilt = await source.rebuild({ identity: 'new' });
    await judge(source, target, rebuilt);
    const [before, after] = [await source.layout(), rebuilt.layout];
    expect(new Set([before, after].flatMap(({ id, partitions }) => [id, ...partitions.map((each) => each.id)])).size).toBe(8);
    const rest = ({ partitions }: typeof before): object[] => partitions.map((partition) => ({ ...partition, id: null }));
    expect(rest(after)).toEqual(rest(before));
  });

  test('of a disk beyond 2 TiB has a protective record of the largest size', async () => {
    const source = usual();
    const target = new TableImage(4096 * gib);
    await judge(source, target, await source.rebuild({ size: target.size }));
    expect(target.read(446 + 12, 4)).toEqual(Buffer.alloc(4, 0xff));
  });

  test('keeps the boot code and the signature in front of the protective entry', async () => {
    const source = usual().write(0, Buffer.alloc(440, 0x90));
    const target = new TableImage(64 * mib);
    await judge(source, target, await source.rebuild({ size: target.size }));
    expect(target.read(0, 440)).toEqual(Buffer.alloc(440, 0x90));
  });

  test('keeps the number and the place of its entries', async () => {
    const source = new TableImage(32 * mib).sgdisk('-o', '-S256').sgdisk('-n1:4096:+4M', '-j', '1024');
    const target = new TableImage(64 * mib);
    const rebuilt = await source.rebuild({ size: target.size });
    await judge(source, target, rebuilt);
    expect(rebuilt.writes.find(({ structure }) => structure === 'primary GPT entries')).toMatchObject({ offset: 1024 * 512 });
    expect(target.run('sgdisk', ['-p', '{}'])).toContain('Partition table holds up to 256 entries');
  });

  test('is written with the record that makes it visible last', async () => {
    const { writes } = await usual().rebuild({ size: 64 * mib });
    expect(writes.map(({ structure, offset }) => [structure, offset])).toEqual([
      ['backup GPT entries', 64 * mib - 33 * 512],
      ['backup GPT header', 64 * mib - 512],
      ['primary GPT entries', 1024],
      ['primary GPT header', 512],
      ['protective master boot record', 0],
    ]);
  });

  test.each(['primary', 'backup'])('from a disk with a damaged %s is whole again, with a warning', async (role) => {
    const source = usual();
    const whole = source.content();
    source.write(role === 'primary' ? 512 : -512, Buffer.alloc(512, 0xee));
    const rebuilt = await source.rebuild();
    expect(rebuilt.warnings).toEqual([expect.stringContaining(`the ${role} GPT is missing or damaged`)]);
    expect(source.apply(rebuilt.writes).content().equals(whole)).toBe(true);
  });

  test('keeps the partitions of a hybrid boot record, and moves them along', async () => {
    const source = new TableImage(32 * mib).sgdisk('-n1:2048:+4M', '-n2:0:+4M', '-n3:0:+4M', '-h2:3');
    const before = source.content();
    source.apply((await source.rebuild()).writes);
    expect(source.content().equals(before)).toBe(true);
    const rebuilt = await source.rebuild({ size: 64 * mib, changes: [{ number: 3, start: 20 * mib }] });
    const target = new TableImage(64 * mib).apply(rebuilt.writes);
    const record = target.run('sfdisk', ['-Y', 'dos', '-d', '{}']);
    expect(record).toMatch(new RegExp(`start= *${(20 * mib) / 512}, size= *8192`));
    expect(target.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
  });

  test.each([
    [
      'over the backup',
      { size: 22_548_480 + 8192 },
      /partition 3 would lie at LBA .*, over the backup GPT at LBA .*: \d+ bytes too far/,
    ],
    [
      'beyond the end',
      { size: 16 * mib },
      /partition 3 would lie at LBA .*, beyond the end of the target, LBA 32767: \d+ bytes too far/,
    ],
    [
      'over another',
      { changes: [{ number: 1, size: 5 * mib }] },
      /partition 2 would overlap partition 1 from LBA 10240 to 12287/,
    ],
    [
      'over the table',
      { changes: [{ number: 1, start: 33 * 512 }] },
      /partition 1 would lie at LBA 33 … \d+, over the primary GPT/,
    ],
    [
      'on a disk that is too small for any table',
      { size: 20 * 512 },
      /the target is too small for the table: it has 10240 bytes, \d+ are needed/,
    ],
  ])('is refused with a partition %s', async (_, request, message) => {
    const image = tight();
    await expect(image.rebuild(request)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(message) as string,
    });
  });

  test('is refused on sectors of another size', async () => {
    const image = usual();
    const request = { target: { size: 64 * mib, sectorSize: 4096 as const } };
    await expect(image.rebuild(request)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringContaining('converting is not supported') as string,
    });
  });

  test.each([
    ['a partition that is not there', [{ number: 9, start: mib }]],
    ['parts of sectors', [{ number: 1, start: mib + 100 }]],
    ['the same partition twice', [{ number: 1 }, { number: 1 }]],
  ])('does not take changes of %s', async (_, changes) => {
    const image = usual();
    await expect(image.rebuild({ changes })).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});

describe.skipIf(toolsMissing(...tools, 'losetup') || !isRoot)('a rebuilt GPT with sectors of 4096 bytes', () => {
  test('has its backup at the end of a larger disk', async () => {
    const source = new TableImage(64 * mib, 4096).sgdisk('-n1:256:+4M', '-t1:ef00', '-n2:0:+8M', '-c2:two');
    const target = new TableImage(256 * mib, 4096);
    await judge(source, target, await source.rebuild({ size: target.size }));
  });
});
