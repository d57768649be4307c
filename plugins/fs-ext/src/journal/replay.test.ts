import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { kernelTree, providerTree, runTool, SeededRandom, toolsMissing, tryTool } from '@diskwright/sdk/testing';
import { journalMagic, journalSuperblock } from '../structures/journalSuperblock';
import { superblock, superblockOffset } from '../structures/superblock';
import { ExtImage, extTools } from '../testing/extImage';
import { openImage, signal } from '../testing/openImage';
import { journalledImage, journals, logPlaceOf, turnLog } from '../testing/journalledImage';
import { crashedCopy, replayedByE2fsck, writeSynced } from '../testing/uncleanImage';
import { type ExtVolume, readVolume } from '../volume';
import { withJournalReplayed } from './replay';

const mebibyte = 1024 * 1024;
const cannotMount = toolsMissing(...extTools) || process.getuid?.() !== 0;
/** What e2fsck itself changes in the superblocks of filesystem and journal once it has replayed. */
const ofE2fsck = ['writeTime', 'incompatibleFeatures', 'checksum', 'kibibytesWritten', 'state'] as const;
const ofE2fsckInJournal = ['sequence', 'start', 'checksum'] as const;

function imageOf(size: number, ...args: string[]): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(size, args);
}

const replayed = async (bytes: Buffer): Promise<ExtVolume> =>
  withJournalReplayed(await readVolume(new MemorySource(bytes), signal), 'verified', signal);

/** Whether the replayed view of an image is byte by byte what e2fsck makes of it, but for the fields in which e2fsck notes that it did. */
async function expectAsE2fsck(bytes: Buffer, expected: Buffer): Promise<ExtVolume> {
  const volume = await replayed(bytes);
  const found = await volume.source.read(0, bytes.length, signal);
  const place = await logPlaceOf(bytes);
  const ranges = [
    ...ofE2fsck.map((name) => shifted(superblock.range(name), superblockOffset)),
    ...ofE2fsckInJournal.map((name) => shifted(journalSuperblock.range(name), place.offsetOf(0))),
  ];
  for (const { offset, length } of ranges) expected.copy(found, offset, offset, offset + length);
  const { blockSize } = volume;
  const wrong: number[] = [];
  for (let at = 0; at < found.length; at += blockSize)
    if (!found.subarray(at, at + blockSize).equals(expected.subarray(at, at + blockSize))) wrong.push(at / blockSize);
  expect(wrong).toEqual([]);
  return volume;
}

const shifted = ({ offset, length }: ByteRange, by: number): ByteRange => ({ offset: offset + by, length });

/** Bytes in use by the descriptors of the groups. */
const usedOf = async (path: string): Promise<number | null> => (await (await openImage(path)).info(signal)).used;

function e2fsckOf(bytes: Buffer): Buffer {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  writeFileSync(image.path, bytes);
  return replayedByE2fsck(image.path);
}

describe.skipIf(toolsMissing(...extTools))('a journal written by debugfs is replayed as e2fsck does', () => {
  test.each(journals.map((journal) => [journal.name, journal] as const))('%s', async (_name, journal) => {
    const bytes = journalledImage(journal);
    const { replay } = await expectAsE2fsck(bytes, e2fsckOf(bytes));
    expect(replay!.transactions).toBe(journal.whole);
    const codes = replay!.problems.map(({ code }) => code);
    expect(codes).toEqual(journal.whole === 5 ? ['ext.journal.recovery'] : ['ext.journal.recovery', 'ext.journal.end']);
    expect(replay!.blocks!.count).toBeGreaterThan(100);
  });

  test('also one that goes round the end of its ring', async () => {
    const bytes = journalledImage(journals[0]!);
    const place = await logPlaceOf(bytes);
    for (const left of [1, 2, 77, 151, 180, 210]) {
      const turned = turnLog(bytes, place, place.end - place.first - left);
      await expectAsE2fsck(turned, e2fsckOf(turned));
    }
  });
});

const mounts: [name: string, args: string[], options: string][] = [
  ['ext4', ['-t', 'ext4', '-J', 'size=4'], ''],
  ['ext4, blocks of 1 KiB, data=journal', ['-t', 'ext4', '-b', '1024', '-J', 'size=4'], 'data=journal'],
  [
    'ext4, data=writeback, 32 bit, checksums of version 1',
    ['-t', 'ext4', '-O', '^metadata_csum,^64bit', '-J', 'size=4'],
    'data=writeback,journal_checksum',
  ],
  ['ext4, asynchronous commits', ['-t', 'ext4', '-O', '^metadata_csum', '-J', 'size=4'], 'journal_async_commit,data=writeback'],
  ['ext3, data=journal', ['-t', 'ext3', '-b', '1024', '-J', 'size=2'], 'data=journal'],
];

/** Work that leaves all kinds of things in a journal: new, changed and deleted files and directories, blocks freed and used again. */
function work(folder: string): void {
  const random = new SeededRandom(7);
  const inFolder = (name: string): string => join(folder, name);
  mkdirSync(inFolder('kept'));
  for (let index = 0; index < 40; index++) writeFileSync(inFolder(`kept/${index}`), random.bytes(random.integer(20_000)));
  mkdirSync(inFolder('gone'));
  for (let index = 0; index < 60; index++) writeFileSync(inFolder(`gone/a long name for a file ${index}`), random.bytes(900));
  // Data that must be escaped in the journal.
  const escaped = random.bytes(30_000);
  for (let at = 0; at < escaped.length; at += 1024) escaped.writeUInt32BE(journalMagic, at);
  writeSynced(inFolder('escaped'), escaped);
  rmSync(inFolder('gone'), { recursive: true });
  for (let index = 0; index < 40; index += 3) unlinkSync(inFolder(`kept/${index}`));
  writeSynced(inFolder('one'), 'one');
  for (let index = 0; index < 30; index++) writeFileSync(inFolder(`later ${index}`), random.bytes(random.integer(9_000)));
  renameSync(inFolder('kept/1'), inFolder('renamed'));
  truncateSync(inFolder('kept/2'), 100);
  writeSynced(inFolder('two'), 'two');
  writeFileSync(inFolder('never committed'), 'lost');
}

describe.skipIf(cannotMount)('a filesystem whose power failed', () => {
  test.each(mounts)('is read as e2fsck and the kernel leave it: %s', async (_name, args, options) => {
    const image = imageOf(24 * mebibyte, ...args);
    const crashed = crashedCopy(image, options, work);
    const { replay } = await expectAsE2fsck(readFileSync(crashed), replayedByE2fsck(crashed));
    expect(replay!.transactions).toBeGreaterThan(1);
    expect(replay!.problems.map(({ code }) => code)).toEqual(['ext.journal.recovery']);

    const filesystem = await openImage(crashed);
    const found = await providerTree(filesystem.files!, crashed);
    let expected: ReturnType<typeof kernelTree> = new Map();
    const used = (await filesystem.allocation(signal)).extents!;
    copyFileSync(crashed, image.path);
    const clone = image.cloneTo('clone', used, 24 * mebibyte);
    image.mounted((folder) => (expected = kernelTree(folder)));
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [path, file] of expected) expect([path, found.get(path)]).toEqual([path, file]);
    expect(found.has('/two')).toBe(true);

    // What counts as used is all that the kernel needs, be it before or after it replays.
    copyFileSync(clone, image.path);
    image.mounted((folder) => expect(kernelTree(folder)).toEqual(expected));
    expect(tryTool('e2fsck', ['-fn', image.path])).toMatchObject({ status: 0 });
  });

  test('tells so, and never calls what is used exact', async () => {
    const image = imageOf(24 * mebibyte, '-t', 'ext4');
    const crashed = crashedCopy(image, '', work);
    const before = readFileSync(crashed);
    const filesystem = await openImage(crashed);
    const { confidence, reasons } = await filesystem.allocation(signal);
    expect(confidence).toBe('conservative');
    expect(reasons.join()).toMatch(/journal was replayed in memory \(\d+ transactions, \d+ blocks\); the device was not changed/);
    const { clean, details, used } = await filesystem.info(signal);
    expect(clean).toBe(false);
    expect(details).toContainEqual(['journal replayed', expect.stringMatching(/^in memory only, \d+ transactions/)]);
    expect((await filesystem.check(signal)).map(({ code }) => code)).toEqual(['ext.journal.recovery']);
    expect(readFileSync(crashed).equals(before)).toBe(true);

    tryTool('e2fsck', ['-fy', crashed]);
    expect(used).toBe(await usedOf(crashed));
  });

  test('with fast commits is shown as of the last full one', async ({ skip }) => {
    const image = imageOf(64 * mebibyte, '-t', 'ext4', '-O', 'fast_commit');
    const crashed = crashedCopy(image, '', (folder) => {
      writeFileSync(join(folder, 'full'), 'full');
      runTool('sync', ['-f', folder]);
      for (let index = 0; index < 5; index++) writeSynced(join(folder, `fast ${index}`), 'fast');
    });
    const filesystem = await openImage(crashed);
    const findings = await filesystem.check(signal);
    const fast = findings.find(({ code }) => code === 'ext.journal.fastCommits');
    skip(fast === undefined, 'this kernel makes no fast commits');
    expect(fast!.message).toMatch(/^5 fast commits with \d+ changes came after the last full one/);
    expect(await filesystem.files!.lookup!('/full', signal)).not.toBeNull();
    expect(await filesystem.files!.lookup!('/fast 4', signal)).toBeNull();
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'unknown', extents: null });
  });
});

/** Random work with a journal of a mebibyte, whose log goes round its end again and again. */
function churn(folder: string, random: SeededRandom, steps: number): void {
  const names = Array.from({ length: 60 }, (_, index) => join(folder, `d${index % 5}`, `file ${index}`));
  for (let index = 0; index < 5; index++) mkdirSync(join(folder, `d${index}`), { recursive: true });
  for (let step = 0; step < steps; step++) {
    const name = random.pick(names);
    const bytes = random.bytes(random.integer(20_000));
    if (bytes.length > 4 && random.chance(0.3)) bytes.writeUInt32BE(journalMagic);
    if (random.chance(0.25)) rmSync(name, { force: true });
    else if (random.chance(0.3)) writeSynced(name, bytes);
    else writeFileSync(name, bytes);
    if (random.chance(0.05)) rmSync(join(folder, `d${random.integer(5)}`), { recursive: true });
    for (let index = 0; index < 5; index++) mkdirSync(join(folder, `d${index}`), { recursive: true });
  }
}

test.skipIf(cannotMount || !process.env['DISKWRIGHT_LONG'])(
  'what random work leaves in a journal is replayed as e2fsck does',
  async () => {
    let wrapped = 0;
    let revoked = 0;
    for (let round = 0; round < 40; round++) {
      const random = new SeededRandom(round);
      const [, args, options] = mounts[round % mounts.length]!;
      const image = new ExtImage();
      try {
        image.format(24 * mebibyte, [...args, '-b', '1024', '-J', 'size=1']);
        const crashed = crashedCopy(image, options, (folder) => churn(folder, random, 50 + random.integer(300)));
        const bytes = readFileSync(crashed);
        await expectAsE2fsck(bytes, replayedByE2fsck(crashed));
        const text = runTool('debugfs', ['-R', 'logdump', crashed]);
        const blocks = [...text.matchAll(/at block (\d+)/g)].map(([, block]) => Number(block));
        if (blocks.some((block, index) => block < (blocks[index - 1] ?? 0))) wrapped++;
        if (text.includes('revoke')) revoked++;
      } finally {
        image.remove();
      }
    }
    expect(Math.min(wrapped, revoked)).toBeGreaterThan(2);
  },
  600_000,
);
