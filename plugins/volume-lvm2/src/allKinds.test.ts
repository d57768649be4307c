import { createHash } from 'node:crypto';
import { type BlockSource, MemorySource } from '@diskwright/sdk/block';
import { openContainer } from '@diskwright/sdk/testing';
import { expect, test } from 'vitest';
import type { OpenContainer } from '@diskwright/sdk';
import { lvmChecksum } from './checksum';
import { lvm2Provider } from './provider';
import { facts, member } from './testing/fixtures';

const AREA = 4096;
const { signal } = new AbortController();

async function open(...members: (Buffer | BlockSource)[]): Promise<OpenContainer> {
  const sources = members.map((each) => (Buffer.isBuffer(each) ? new MemorySource(each) : each));
  return (await openContainer(lvm2Provider, sources)).container;
}

/** Why volumes cannot be read, by name. */
function unavailable(container: OpenContainer): Record<string, string> {
  return Object.fromEntries(
    container.describe().devices.flatMap(({ name, unavailable: reason }) => (reason === undefined ? [] : [[name, reason]])),
  );
}

/** The text of the metadata that counts. */
function textOf(bytes: Buffer): Buffer {
  const start = AREA + Number(bytes.readBigUInt64LE(AREA + 40));
  return bytes.subarray(start, start + Number(bytes.readBigUInt64LE(AREA + 48)));
}

function writeSums(bytes: Buffer, text: Buffer): void {
  bytes.writeUInt32LE(lvmChecksum(text), AREA + 56);
  bytes.writeUInt32LE(lvmChecksum(bytes.subarray(AREA + 4, AREA + 512)), AREA);
}

/** Changes the text of the metadata, lengths kept, with its checksums. */
function edit(bytes: Buffer, from: string, to: string): Buffer {
  const text = textOf(bytes);
  const at = text.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`cannot put ${to} for ${from}`);
  text.write(to, at);
  writeSums(bytes, text);
  return bytes;
}

test('the volumes that lvs lists are there, and those of other kinds are named', async () => {
  const container = await open(member(2), member(0), member(1));
  const { devices, warnings, details } = container.describe();
  expect(devices.map(({ name, size }) => [name, String(size)])).toEqual(facts('volume ').map(([, name, size]) => [name, size]));
  expect(warnings).toEqual([]);
  expect(unavailable(container)).toEqual({
    before: 'it is a snapshot of root, which is not read',
    copied: 'it is RAID1 (type raid1), which is not read',
    mirrored: 'it is a mirror (type mirror), which is not read',
    pool: 'it is a pool of thin volumes (type thin-pool), which is not read',
    thin: 'it is a thin volume (type thin), which is not read',
  });
  expect(details).toContainEqual(['hidden volumes', expect.stringContaining('copied_rimage_0, copied_rimage_1')]);
});

test.each(facts('group/'))('%s is read as the device mapper did', async (name, size, hash) => {
  const container = await open(member(0), member(1), member(2));
  const node = container.device(name!.slice('group/'.length));
  const bytes = await node.read(0, node.size, signal);
  expect([String(node.size), createHash('sha256').update(bytes).digest('hex')]).toEqual([size, hash]);
});

test('a volume on a member that is missing names it', async () => {
  const container = await open(member(0), member(1));
  const { striped, two, root } = unavailable(container);
  for (const reason of [striped, two, root])
    expect(reason).toMatch(/^physical volume \S{38} \(last seen as \/dev\/loop42\) is missing$/);
  expect(() => container.device('root')).toThrow(/cannot be read: physical volume/);
  expect(container.device('asleep').size).toBe(1024 * 1024);
  expect(container.describe().details).toContainEqual(['physical volume', expect.stringMatching(/MISSING$/)]);
});

test('a member without metadata alone is in no volume group that is known', async () => {
  const { label, devices } = (await open(member(2))).describe();
  expect({ label, devices }).toEqual({ label: null, devices: [] });
});

test('the newest metadata count, and older ones are told of', async () => {
  const older = edit(member(0), 'asleep {', 'awake1 {');
  const sequence = /seqno = (\d+)/.exec(textOf(older).toString('latin1'))![1]!;
  edit(older, `seqno = ${sequence}`, `seqno = ${String(Number(sequence) - 1).padStart(sequence.length, '0')}`);
  const container = await open(older, member(1), member(2));
  expect(container.device('asleep').size).toBe(1024 * 1024);
  expect(() => container.device('awake1')).toThrow(/has no volume awake1/);
  expect(container.describe().warnings).toEqual([
    expect.stringMatching(/^The metadata on physical volume \S+ are older \(\d+\)/),
  ]);
});

test('a text that goes on at the beginning of its ring is read', async () => {
  const bytes = member(0);
  const [text, end] = [textOf(bytes), AREA + Number(bytes.readBigUInt64LE(AREA + 32))];
  const copy = Buffer.from(text);
  const [head, tail] = [copy.subarray(0, 100), copy.subarray(100)];
  head.copy(bytes, end - head.length);
  tail.copy(bytes, AREA + 512);
  bytes.writeBigUInt64LE(BigInt(end - head.length - AREA), AREA + 40);
  writeSums(bytes, copy);
  const { label, warnings } = (await open(bytes)).describe();
  expect({ label, warnings }).toEqual({ label: 'group', warnings: [] });
});

test('a damaged copy of the metadata is told of, and another one counts', async () => {
  const damaged = member(0);
  textOf(damaged)[100]! ^= 1;
  const container = await open(damaged, member(1), member(2));
  expect(container.device('root').size).toBe(9 * 1024 * 1024);
  expect(container.describe().warnings).toEqual([
    expect.stringMatching(/^the copy of the metadata .*the checksum of the text is wrong$/),
  ]);
  await expect(open(damaged)).rejects.toMatchObject({ code: 'DamagedStructure' });
});

test('a member that was copied only in part is read up to where it ends', async () => {
  const whole = member(0);
  const container = await open(whole.subarray(0, 6 * 1024 * 1024), member(1), member(2));
  expect(container.describe().warnings).toEqual([expect.stringMatching(/has 6291456 bytes instead of 25165824/)]);
  const root = container.device('root');
  const there = await root.read(0, 5 * 1024 * 1024, signal);
  expect(there.equals(whole.subarray(1024 * 1024, 6 * 1024 * 1024))).toBe(true);
  await expect(root.read(5 * 1024 * 1024 - 512, 1024, signal)).rejects.toMatchObject({
    code: 'DamagedStructure',
    message: expect.stringMatching(/ends at byte 6291456/),
  });
});

test('of two members with the same UUID, as a disk and its clone are, the first is read', async () => {
  const clone = Buffer.from(member(0)).fill(0, 1024 * 1024);
  const container = await open(member(0), clone, member(1), member(2));
  const [, , hash] = facts('group/root')[0]!;
  const bytes = await container.device('root').read(0, 9 * 1024 * 1024, signal);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
  expect(container.describe().warnings).toEqual([expect.stringMatching(/^Two devices are physical volume/)]);
});

test('a volume that a snapshot is being merged into is not read', async () => {
  const [from, to] = [
    'chunk_size = 8\norigin = "root"\ncow_store = "before"',
    'chunk_size=8\norigin = "root"\nmerging_store="before"',
  ];
  const members = [edit(member(0), from, to), edit(member(1), from, to)];
  expect(unavailable(await open(...members, member(2)))).toMatchObject({
    root: 'a snapshot, before, is being merged into it, and part of it is still there',
    before: 'it is a snapshot that is being merged into root, which is not read',
  });
});
