/** Whose byte it is, on-disk structures and allocation maps, on real images; the formats' own tools say what is right. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OwnerLink } from '../../core/src/common/workbench';
import type { Host } from '../../core/src/host/host';
import { cli, cliJson } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { makeLab } from '../support/lab';
import { makeSampleDisk, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';

const TIB = 2 ** 40;
const MIB = 2 ** 20;

interface Setting {
  folder: string;
  host: Host;
  deviceId: string;
  owner(offset: number): Promise<OwnerLink[]>;
}

async function opened(path: string, folder: string): Promise<Setting> {
  const host = await hostHere(folder);
  const { deviceId } = await host.devices.open(path);
  return { folder, host, deviceId, owner: async (offset) => (await host.owners.chain(deviceId, offset)).chain };
}

async function sample(): Promise<Setting & { disk: SampleDisk }> {
  const folder = await scratchFolder();
  const disk = await makeSampleDisk(join(folder, 'disk.img'), folder);
  return { disk, ...(await opened(disk.path, folder)) };
}

const layersOf = (chain: OwnerLink[]): string[] => chain.map(({ layer }) => layer);

test('a byte of the table leads to its structure and field', async () => {
  const { owner } = await sample();
  expect(layersOf(await owner(0))).toEqual(['device', 'table', 'structure', 'field']);
  expect((await owner(0)).at(-1)).toMatchObject({ field: 'bootCode', structure: 'master boot record' });
  expect((await owner(512 + 56)).at(-1)).toMatchObject({ field: 'diskGuid', offset: 568, length: 16 });
  expect(layersOf(await owner(40_000))).toEqual(['device', 'gap']);
  await expect(owner(200 * MIB)).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('a byte of a volume leads to partition, filesystem, structure and field', async () => {
  const { owner, disk } = await sample();
  const ext = disk.partitions[1]!;
  const chain = await owner(ext.start + 1024 + 56);
  expect(layersOf(chain)).toEqual(['device', 'partition', 'volume', 'structure', 'field']);
  expect(chain[1]).toMatchObject({ what: 'partition 2 (part 2)', offset: ext.start, length: ext.size });
  expect(chain[2]).toMatchObject({ what: 'ext4 "data"', path: `${disk.path}#2` });
  expect(chain[4]).toMatchObject({ field: 'magic', offset: ext.start + 1080, length: 2 });
});

test('every block of an ext4 is used or free as debugfs says', async () => {
  requireTool('debugfs', 'mkfs.ext4');
  const { owner, disk, folder } = await sample();
  const ext = disk.partitions[1]!;
  const volume = join(folder, 'ext.img');
  await must(
    'dd',
    `if=${disk.path}`,
    `of=${volume}`,
    'bs=1M',
    `skip=${ext.start / MIB}`,
    `count=${ext.size / MIB}`,
    'status=none',
  );
  const blocks = Array.from({ length: 64 }, (_, index) => 1 + index * 251);
  const said = await must('debugfs', '-R', `testb ${blocks[0]} 1`, volume);
  expect(said).toMatch(/marked in use/);
  for (const block of blocks) {
    const isUsed = (await must('debugfs', '-R', `testb ${block} 1`, volume)).includes('marked in use');
    const chain = await owner(ext.start + block * 4096);
    expect([block, chain.at(-1)!.layer === 'free']).toEqual([block, !isUsed]);
  }
});

test('an extended partition, a logical one in it, and the record between', async () => {
  requireTool('sfdisk');
  const folder = await scratchFolder();
  const path = join(folder, 'mbr.img');
  await must('truncate', '-s', '64M', path);
  const script =
    'label: dos\n1: start=2048, size=8192, type=83\n2: start=20480, size=65536, type=5\n5: start=22528, size=8192, type=83\n';
  await must('sh', '-c', `printf '${script}' | sfdisk --quiet ${path}`);
  const { owner } = await opened(path, folder);
  const logical = await owner(22_528 * 512);
  expect(logical.map(({ what }) => what).slice(1)).toEqual([
    'extended partition 2',
    'partition 5',
    'nothing that a plugin knows',
  ]);
  expect(layersOf(await owner(20_480 * 512))).toEqual(['device', 'partition', 'table', 'structure', 'field']);
  expect(await owner(15_000 * 512)).toMatchObject([
    { layer: 'device' },
    { layer: 'gap', offset: 10_240 * 512, length: 10_240 * 512 },
  ]);
});

test('the command line tells the same, as text and as JSON, with offsets as people write them', async () => {
  const home = await scratchFolder();
  const { disk } = await makeLab(join(home, 'lab'));
  const { chain } = await cliJson<{ chain: OwnerLink[] }>(['owner', disk, '2048s'], { home });
  expect(layersOf(chain)).toEqual(['device', 'partition', 'volume', 'structure', 'field']);
  expect(await cliJson(['owner', disk, '1MiB'], { home })).toEqual({ chain });
  const text = await cli(['owner', disk, '0x1C2'], { home });
  expect(text.stdout).toMatch(/partitions\.0\.type: 0xee/);
  expect((await cli(['owner', disk, 'nowhere'], { home })).status).toBe(2);
});

test('a volume without a provider hides neither the table nor the other volumes', async () => {
  const { host, deviceId, disk } = await sample();
  host.plugins.registry.setDisabled(['fs-ext']);
  const range = { offset: 0, length: disk.size };
  const { structures, truncated } = await host.structures.at(deviceId, range);
  expect(truncated).toBe(true);
  expect(structures[0]!.scope).toBeNull();
  const boot = await host.structures.at(deviceId, { offset: disk.partitions[2]!.start, length: 512 });
  expect(boot.structures.map(({ scope, provider }) => [scope, provider])).toEqual([[3, 'fs-fat']]);
});

test("a field's new value is given as bytes at their place on the device", async () => {
  const { host, deviceId, disk } = await sample();
  const { start } = disk.partitions[1]!;
  const edit = { deviceId, scope: 2, structureOffset: start + 1024, structure: 'ext superblock', value: 'holiday' };
  const { offset, bytes } = await host.structures.encodeField({ ...edit, field: ['volumeName'] });
  expect(offset).toBe(start + 1024 + 120);
  expect(Buffer.from(bytes, 'base64').toString('latin1').replace(/\0+$/, '')).toBe('holiday');
  await expect(host.structures.encodeField({ ...edit, field: ['nothing'] })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('structures are listed page by page, without their fields', async () => {
  const { host, deviceId } = await sample();
  const first = await host.structures.list(deviceId, null, 0);
  // A boot record, two headers, and two arrays of 128 entries.
  expect([first.structures.length, first.next]).toEqual([259, null]);
  expect(first.structures[1]).toEqual({ name: 'GPT header', offset: 512, length: 92, findings: 0 });
  expect((await host.structures.list(deviceId, null, 257)).structures).toEqual(first.structures.slice(257));
});

test('on an ext4 of one TiB a place is found at once, and the cursor can go on', { tags: ['alone'] }, async () => {
  requireTool('mkfs.ext4');
  const folder = await scratchFolder();
  const path = join(folder, 'large.img');
  await must('truncate', '-s', String(TIB), path);
  await must('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=1,lazy_journal_init=1', path);
  const { host, deviceId, owner } = await opened(path, folder);
  await host.structures.at(deviceId, { offset: 0, length: 512 });
  const places = [4096 + 64 * 8000, 2 ** 27 * 3, 2 ** 39 + 5, 1080];
  let slowest = 0;
  for (const offset of places) {
    const startedAt = performance.now();
    await host.structures.at(deviceId, { offset, length: 64 });
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  process.stdout.write(`structures at a place of 1 TiB: ${slowest.toFixed(1)} ms at most\n`);
  expect(slowest).toBeLessThan(100);
  const descriptor = await host.structures.at(deviceId, { offset: 4096 + 64 * 8000, length: 1 });
  expect(descriptor.structures.map(({ structure }) => structure.offset)).toEqual([4096 + 64 * 8000]);
  expect((await owner(2 ** 39 + 5)).at(-1)!.layer).toMatch(/^(structure|allocated|free)$/);
  const startedAt = performance.now();
  for (let index = 0; index < 20; index++) await owner(2 ** 38 + index * 4096);
  const each = (performance.now() - startedAt) / 20;
  process.stdout.write(`owner of a byte of 1 TiB, warm: ${each.toFixed(1)} ms\n`);
  expect(each).toBeLessThan(20);
  let count = 0;
  for (let from: number | null = 0; from !== null;) {
    const page: Awaited<ReturnType<Host['structures']['list']>> = await host.structures.list(deviceId, 0, from);
    count += page.structures.length;
    from = page.next;
  }
  // The superblock, 8192 group descriptors, and 18 backups.
  expect(count).toBeGreaterThan(8192);
});

test('the allocation map of a volume agrees with dumpe2fs, as a whole and in part', async () => {
  requireTool('dumpe2fs', 'mkfs.ext4');
  const folder = await scratchFolder();
  const path = join(folder, 'ext.img');
  await must('mkfs.ext4', '-q', '-b', '4096', path, '256M');
  const workbench = await startWorkbench({ home: join(folder, 'home') });
  const { deviceId, size } = await workbench.request('devices/open', { path });
  const whole = await workbench.request('volumes/allocationMap', { deviceId, partition: 0, cells: 4096 });
  expect(whole).toMatchObject({ confidence: 'exact', cellBytes: 65_536, blockSize: 4096, range: { offset: 0, length: size } });
  const dumped = await must('dumpe2fs', path);
  const free = [...dumped.matchAll(/^ {2}Free blocks: (.+)$/gm)].flatMap(([, runs]) => runs!.split(', '));
  const used = new Array<number>(size / 4096).fill(1);
  for (const run of free) {
    const [first, last = first] = run.split('-').map(Number);
    used.fill(0, first, last! + 1);
  }
  expect(whole.usedBytes).toBe(used.reduce((sum, value) => sum + value, 0) * 4096);
  const cells = Array.from({ length: size / 65_536 }, (_, cell) => {
    const inCell = used.slice(cell * 16, cell * 16 + 16).reduce((sum, value) => sum + value, 0);
    return inCell === 0 ? 0 : inCell === 16 ? 255 : Math.min(254, Math.max(1, Math.round((inCell / 16) * 255)));
  });
  expect([...Buffer.from(whole.used!, 'base64')]).toEqual(cells);
  const range = { offset: 65_536 * 100, length: 65_536 * 10 };
  const part = await workbench.request('volumes/allocationMap', { deviceId, partition: 0, cells: 10, range });
  expect([...Buffer.from(part.used!, 'base64')]).toEqual(cells.slice(100, 110));
});

test('of a volume that nobody knows there is no map, and it says why', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'blank.img');
  await must('truncate', '-s', '1M', path);
  const workbench = await startWorkbench({ home: join(folder, 'home') });
  const { deviceId } = await workbench.request('devices/open', { path });
  expect(await workbench.request('volumes/allocationMap', { deviceId, partition: 0, cells: 16 })).toMatchObject({
    confidence: 'unknown',
    reasons: ['no plugin knows what it holds'],
    used: null,
    usedBytes: 0,
  });
});

test('what a check finds has its place on the device', async () => {
  requireTool('debugfs');
  const folder = await scratchFolder();
  const disk = await makeSampleDisk(join(folder, 'disk.img'), folder);
  const { start } = disk.partitions[1]!;
  // The superblock's checksum.
  await must('sh', '-c', `printf 'oops' | dd of=${disk.path} bs=1 seek=${start + 1024 + 0x3fc} conv=notrunc status=none`);
  const workbench = await startWorkbench({ home: join(folder, 'home') });
  const { deviceId } = await workbench.request('devices/open', { path: disk.path });
  const { findings } = await workbench.request('volumes/check', { deviceId, partition: 2 });
  const ranges = findings.flatMap((finding) => finding.ranges);
  expect(ranges.some(({ offset }) => offset >= start + 1024 && offset < start + 2048)).toBe(true);
  const info = await workbench.request('volumes/info', { deviceId, partition: 2 });
  expect(info).toMatchObject({ offset: start, size: disk.partitions[1]!.size, provider: 'fs-ext' });
});
