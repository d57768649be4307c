import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenContainer } from '@diskwright/sdk';
import type { ContainerDescription } from '@diskwright/sdk/protocol';
import { MemorySource } from '@diskwright/sdk/block';
import { faultySource, openContainer, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mdProvider } from './provider';
import { mdChecksum } from './superblock/checksum';
import { readSuperblock } from './superblock/readSuperblock';
import { Feature, superblock1 } from './superblock/structures';
import { device, fact } from './testing/fixtures';

const { signal } = new AbortController();
/** Of version 1.2. */
const SUPERBLOCK_AT = 4096;

async function open(...members: Buffer[]): Promise<OpenContainer> {
  const sources = members.map((bytes) => new MemorySource(bytes));
  return (await openContainer(mdProvider, sources)).container;
}

/** As `fact` has it, of what is read. */
async function read(container: OpenContainer, name: string): Promise<{ size: number; hash: string }> {
  const node = container.device(name);
  const bytes = await node.read(0, node.size, signal);
  return { size: node.size, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** Has the superblock (version 1.2) of a device tell of a log behind it, in which two sectors of the data are lost. */
function logBadBlock(bytes: Buffer): void {
  const at = (name: Parameters<typeof superblock1.range>[0]): number => SUPERBLOCK_AT + superblock1.range(name).offset;
  const roleCount = bytes.readUInt32LE(at('roleCount'));
  const dataSector = bytes.readBigUInt64LE(at('dataSector'));
  bytes.writeUInt32LE(bytes.readUInt32LE(at('features')) | Feature.badBlocks, at('features'));
  bytes.writeUInt8(0, at('badBlockShift'));
  bytes.writeUInt16LE(8, at('badBlockSectors'));
  bytes.writeInt32LE(8, at('badBlockSector'));
  bytes
    .fill(0xff, SUPERBLOCK_AT + 4096, SUPERBLOCK_AT + 8192)
    .writeBigUInt64LE(((dataSector + 4n) << 10n) | 2n, SUPERBLOCK_AT + 4096);
  const checked = bytes.subarray(SUPERBLOCK_AT, SUPERBLOCK_AT + superblock1.size + roleCount * 2);
  bytes.writeUInt32LE(mdChecksum(checked, superblock1.range('checksum').offset, 'little'), at('checksum'));
}

const states = ({ details }: ContainerDescription): string[] =>
  details.filter(([name]) => name === 'device').map(([, text]) => text.replace(/^.*?: /, ''));

describe('arrays that the driver made', () => {
  test.each(['1.2', '1.1', '1.0', '0.90'])('RAID1 of version %s, from either device', async (version) => {
    const name = version === '0.90' ? 'md' : 'mirror';
    const [first, second] = [device(`raid1-${version}.0`), device(`raid1-${version}.1`)];
    const container = await open(first, second);
    const { label, warnings, devices } = container.describe();
    const { size } = fact(`raid1-${version}`);
    expect({ label, warnings, devices }).toEqual({
      label: version === '0.90' ? null : 'lab:mirror',
      warnings: [],
      devices: [{ name, size, sectorSize: 512 }],
    });
    for (const each of [container, await open(first), await open(second)])
      expect(await read(each, name)).toEqual(fact(`raid1-${version}`));
    expect((await open(second)).describe().warnings).toEqual([expect.stringMatching(/degraded: 1 of 2/)]);
  });

  test.each([
    ['linear-1.2', 3, 'joined'],
    ['linear-0.90', 2, 'md'],
  ])('%s', async (name, count, called) => {
    const members = Array.from({ length: count }, (_, index) => device(`${name}.${index}`));
    const container = await open(...members.toReversed());
    expect(container.describe().warnings).toEqual([]);
    expect(await read(container, called)).toEqual(fact(name));
    const broken = await open(members[0]!);
    expect(broken.describe().devices[0]!.unavailable).toMatch(/^device 2 of \d is missing$/);
    expect(() => broken.device(called)).toThrow(/device 2 of \d is missing/);
  });

  test('a device that was removed before others were written to is not read', async () => {
    const [current, stale] = [device('stale.0'), device('stale.1')];
    for (const members of [
      [current, stale],
      [stale, current],
    ]) {
      const container = await open(...members);
      expect(await read(container, 'stale')).toEqual(fact('stale'));
      expect(container.describe().warnings).toEqual([
        expect.stringMatching(/degraded: 1 of 2/),
        expect.stringMatching(/not read\. It is stale: it has \d+ changes, and the newest \d+/),
      ]);
    }
  });

  test('a spare device is not read', async () => {
    const spare = device('spare.2');
    const container = await open(spare, device('spare.1'), device('spare.0'));
    expect(await read(container, 'md7')).toEqual(fact('spare'));
    expect(states(container.describe())).toEqual(['spare', 'in sync', 'in sync']);
    const alone = await open(spare);
    expect(() => alone.device('md7')).toThrow(/no device that is in sync is there/);
  });

  test('a device that is being rebuilt is not read', async () => {
    const container = await open(device('rebuilt.1'), device('rebuilt.0'));
    expect(await read(container, 'rebuilt')).toEqual(fact('rebuilt'));
    expect(states(container.describe())[0]).toMatch(/^being rebuilt: 3\.3 MiB \(\d+ bytes\) of 7 MiB/);
    const alone = await open(device('rebuilt.1'));
    expect(() => alone.device('rebuilt')).toThrow(/no device that is in sync/);
  });

  test('a bitmap tells of what was being written to', async () => {
    const container = await open(device('dirty.0'), device('dirty.1'));
    const { details, warnings } = container.describe();
    expect(details).toContainEqual(['bitmap', '48 chunks of 64 KiB (65536 bytes), 3 being written to']);
    expect(warnings).toEqual([
      expect.stringMatching(/was not stopped in order/),
      expect.stringMatching(/3 of 48 chunks that were being written to/),
    ]);
    expect(await read(container, 'dirty')).toEqual(fact('dirty'));
  });

  test('what a log of bad blocks says is lost is read from the other device', async () => {
    const [first, second] = [device('bad.0'), device('bad.1')];
    const container = await open(first, second);
    expect(await read(container, 'bad')).toEqual(fact('bad'));
    expect(container.describe().warnings).toEqual([
      expect.stringMatching(/^Device 1 .* has lost 5\.5 KiB \(5632 bytes\) in 2 places/),
      expect.stringMatching(/^Device 2 .* has lost 8 KiB \(8192 bytes\) in 1 places/),
    ]);
    const alone = (await open(first)).device('bad');
    await expect(alone.read(99 * 512, 1024, signal)).rejects.toMatchObject({
      code: 'MediaError',
      detail: { offset: 100 * 512, length: 512 },
    });
    expect(await alone.read(0, 100 * 512, signal)).toHaveLength(100 * 512);
  });

  test('what a log of bad blocks says is lost of a linear array is read, and said to be doubtful', async () => {
    const members = [0, 1, 2].map((index) => device(`linear-1.2.${index}`));
    logBadBlock(members[0]!);
    const container = await open(...members);
    expect(container.describe().warnings).toEqual([
      expect.stringMatching(
        /^Device 1 .* has lost 1 KiB \(1024 bytes\) in 1 places.*: the array has no other copy, and what is read there may be wrong\.$/,
      ),
    ]);
    expect(await read(container, 'joined')).toEqual(fact('linear-1.2'));
  });

  test.each([
    ['raid0', 'RAID0'],
    ['raid5', 'RAID5'],
    ['raid6', 'RAID6'],
    ['raid10', 'RAID10'],
  ])('%s is named, with its size, and not read', async (name, level) => {
    const container = await open(...[0, 1, 2, 3].map((index) => device(`${name}.${index}`)));
    const [only] = container.describe().devices;
    expect(only).toMatchObject({ name, size: fact(name).size, unavailable: `it is ${level}, which is not read` });
    expect(() => container.device(name)).toThrow(new RegExp(level));
  });
});

test('what one device cannot read is read from the other', async () => {
  const members = [0, 1].map((index) => new MemorySource(device(`raid1-1.2.${index}`)));
  const data = 2048 * 512;
  const unreadable = (at: number) => ({ errors: [{ offset: data + at, length: 4096 }] });
  const faulty = [faultySource(members[0]!, unreadable(65536)), faultySource(members[1]!, unreadable(131072))];
  const { container } = await openContainer(mdProvider, faulty);
  expect(await read(container, 'mirror')).toEqual(fact('raid1-1.2'));
});

test('of two devices with the same number, as a disk and its clone are, one is read', async () => {
  const first = device('raid1-1.2.0');
  const container = await open(first, Buffer.from(first), device('raid1-1.2.1'));
  expect(states(container.describe())).toEqual(['in sync', expect.stringMatching(/^a second one/), 'in sync']);
  expect(await read(container, 'mirror')).toEqual(fact('raid1-1.2'));
});

test('devices of another array are left alone', async () => {
  const container = await open(device('raid1-1.2.0'), device('stale.0'), Buffer.alloc(1024 * 1024), Buffer.alloc(512));
  expect(states(container.describe())).toEqual(['in sync']);
});

test('a device that was copied only in part is read up to where it ends', async () => {
  const whole = device('raid1-1.2.0');
  const container = await open(whole.subarray(0, whole.length - 1024 * 1024));
  const node = container.device('mirror');
  expect(container.describe().warnings).toContainEqual(expect.stringMatching(/bytes instead of 4194304: what lies behind/));
  const there = await node.read(0, 2 * 1024 * 1024, signal);
  expect(there.equals(whole.subarray(1024 * 1024, 3 * 1024 * 1024))).toBe(true);
  await expect(node.read(2 * 1024 * 1024 - 512, 1024, signal)).rejects.toMatchObject({ code: 'MediaError' });
});

test('a damaged superblock is told of', async () => {
  const bytes = device('raid1-1.2.0');
  bytes[4096 + 80]! ^= 1;
  await expect(
    mdProvider.open([new MemorySource(bytes)], { signal, offset: 0, log: console, secret: null, keyFile: null }),
  ).rejects.toMatchObject({
    code: 'DamagedStructure',
    message: expect.stringMatching(/its checksum is wrong/),
  });
});

test('one of version 0.90 is read on a device whose size is no whole number of 64 KiB', async () => {
  const bytes = Buffer.concat([device('raid1-0.90.0'), Buffer.alloc(33 * 512)]);
  expect(await read(await open(bytes), 'md')).toEqual(fact('raid1-0.90'));
});

test('a superblock in the byte order of another machine is read', async () => {
  const bytes = device('raid1-0.90.0');
  const { offset } = (await readSuperblock(new MemorySource(bytes), signal))!;
  const words = bytes.subarray(offset, offset + 4096);
  words.swap32();
  // The only number of two words.
  words.subarray(156, 164).swap64().swap32();
  expect(await read(await open(bytes), 'md')).toEqual(fact('raid1-0.90'));
});

describe.skipIf(toolsMissing('mdadm'))('superblocks as mdadm has them', () => {
  const names = ['raid1-1.2.1', 'raid1-1.1.0', 'raid1-1.0.0', 'raid1-0.90.1', 'spare.2', 'rebuilt.1', 'raid10.3', 'linear-1.2.2'];
  test.each(names)('%s', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'diskwright-md-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [path, bytes] = [join(folder, 'device'), device(name)];
    writeFileSync(path, bytes);
    const superblock = (await readSuperblock(new MemorySource(bytes), signal))!;
    const exported = new Map(
      runTool('mdadm', ['--examine', '--export', path])
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    const text = runTool('mdadm', ['--examine', path]);
    const told = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
    const plain = (uuid: string | null | undefined): string | undefined => uuid?.replace(/[-:]/g, '');
    expect({
      uuid: plain(superblock.setUuid),
      device: plain(superblock.deviceUuid),
      name: superblock.setName || undefined,
      events: String(superblock.events),
      devices: String(superblock.raidDisks),
      version: superblock.version,
      data: superblock.dataOffset === 0 ? undefined : String(superblock.dataOffset / 512),
      recovered: superblock.recoveredBytes === null ? undefined : String(superblock.recoveredBytes / 512),
    }).toEqual({
      uuid: plain(exported.get('MD_UUID')),
      device: plain(exported.get('MD_DEV_UUID')),
      name: exported.get('MD_NAME'),
      events: exported.get('MD_EVENTS'),
      devices: exported.get('MD_DEVICES'),
      version: told(/Version : (\d\.\d+)/),
      data: told(/Data Offset : (\d+) sectors/),
      recovered: told(/Recovery Offset : (\d+) sectors/),
    });
  });
});
