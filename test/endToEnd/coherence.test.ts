/**
 * A disk, its partitions, loop devices over an image and the image itself have caches that do not see each other: nothing stale is
 * read by a clone, or by others after it; and what others hold is refused. dd reads and writes as any other program does.
 */
import { spawn } from 'node:child_process';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/cli';
import { addPartitions, loopDevice } from '../support/loopDevice';
import { startCli } from '../support/runningCli';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const SIZE = 24 * MIB;
const PARTITION = { start: MIB, size: 16 * MIB };
/** Somewhere in the partition; no volume is told by it. */
const INSIDE = 3 * MIB;

interface Setting {
  scratch: string;
  home: string;
}

async function setting(): Promise<Setting> {
  requireTool('sfdisk');
  const scratch = await scratchFolder();
  return { scratch, home: join(scratch, 'home') };
}

/** An image with one partition that nobody knows, full of a byte. */
async function disk({ scratch }: Setting, name: string, fill: number): Promise<string> {
  const path = join(scratch, name);
  await makeImage(path, SIZE, fill);
  const line = `start=${PARTITION.start / 512}, size=${PARTITION.size / 512}, type=da`;
  await must('sh', '-c', `echo '${line}' | sfdisk --quiet --label dos --no-reread --no-tell-kernel '${path}'`);
  return path;
}

/** The nodes of one image: the whole disk, its partition, and another loop device over the same bytes. */
async function nodes(image: string): Promise<{ whole: string; partition: string }> {
  const whole = await loopDevice(image);
  await addPartitions(whole);
  return { whole, partition: `${whole}p1` };
}

const offsetLoop = (image: string): Promise<string> =>
  loopDevice(image, { offset: PARTITION.start, sizeLimit: PARTITION.size, readOnly: true });

/** Reads a node through its page cache, and keeps it open so that the cache stays. */
async function cached(path: string, offset: number): Promise<FileHandle> {
  const handle = await open(path, 'r');
  onTestFinished(() => handle.close());
  await byteAt(handle, offset);
  return handle;
}

async function byteAt(handle: FileHandle, offset: number): Promise<number> {
  const { buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, offset);
  expect(new Set(buffer).size).toBe(1);
  return buffer[0]!;
}

/** Overwrites 4096 bytes by another program. */
async function fillAt(path: string, offset: number, byte: string, ...options: string[]): Promise<void> {
  await must(
    'sh',
    '-c',
    `head -c 4096 /dev/zero | tr '\\0' '${byte}' | dd of=${path} bs=4096 seek=${offset} oflag=seek_bytes conv=notrunc${options.map((option) => `,${option}`).join('')} status=none`,
  );
}

async function clone(given: Setting, source: string, target: string, kind: 'disk' | 'partition' = 'disk'): Promise<void> {
  const { status, stderr } = await cli(['clone', kind, source, target, '--yes', '--all-sectors'], given);
  expect(status, stderr).toBe(0);
}

async function refusal(given: Setting, source: string, target: string): Promise<string> {
  const { status, stderr } = await cli(['clone', 'disk', source, target, '--yes', '--all-sectors'], given);
  expect(status, stderr).toBe(3);
  return stderr;
}

/** A program that runs until the test ends, having said that it holds something. */
async function holding(program: string, ...arguments_: string[]): Promise<void> {
  const holder = spawn(program, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    holder.stdin.end();
    await new Promise((resolve) => holder.once('close', resolve));
  });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
}

const openForWriting = (path: string): Promise<void> => holding('sh', '-c', `exec 3<>${path}; echo held; read line`);

describe('a clone reads what was written through another node', () => {
  test.each<{ written: string; read: 'whole' | 'partition'; options: string[] }>([
    { written: 'the partition, and synced', read: 'whole', options: ['fsync'] },
    { written: 'the partition, and not synced', read: 'whole', options: [] },
    { written: 'the whole disk, and synced', read: 'partition', options: ['fsync'] },
    { written: 'the whole disk, and not synced', read: 'partition', options: [] },
  ])('of the same disk: $written', async ({ read, options }) => {
    requireRoot();
    requireTool('losetup', 'partx', 'dd');
    const given = await setting();
    const { whole, partition } = await nodes(await disk(given, 'source.img', 0x61));
    const target = join(given.scratch, 'target.img');
    await makeImage(target, read === 'whole' ? SIZE : PARTITION.size);
    if (read === 'whole') {
      await cached(whole, INSIDE);
      await fillAt(partition, INSIDE - PARTITION.start, 'b', ...options);
      await clone(given, whole, target);
    } else {
      await cached(partition, INSIDE - PARTITION.start);
      await fillAt(whole, INSIDE, 'b', ...options);
      await clone(given, partition, target);
    }
    const at = read === 'whole' ? INSIDE : INSIDE - PARTITION.start;
    expect(await byteAt(await cached(target, at), at)).toBe(0x62);
  });

  test('of the same file: a loop device at an offset reads what went to the image', async () => {
    requireRoot();
    requireTool('losetup', 'dd');
    const given = await setting();
    const image = await disk(given, 'source.img', 0x61);
    const loop = await offsetLoop(image);
    const at = INSIDE - PARTITION.start;
    await cached(loop, at);
    await fillAt(image, INSIDE, 'b', 'fsync');
    const target = join(given.scratch, 'target.img');
    await makeImage(target, PARTITION.size);
    await clone(given, loop, target);
    expect(await byteAt(await cached(target, at), at)).toBe(0x62);
  });

  test('of the same file: the image holds what is still in the cache of a loop device that is read-only by now', async () => {
    requireRoot();
    requireTool('losetup', 'dd', 'blockdev');
    const given = await setting();
    const image = await disk(given, 'source.img', 0x61);
    const loop = await loopDevice(image);
    await cached(loop, INSIDE);
    await fillAt(loop, INSIDE, 'b');
    // The node would stay so for whoever gets it next.
    onTestFinished(async () => void (await must('blockdev', '--setrw', loop)));
    await must('blockdev', '--setro', loop);
    const target = join(given.scratch, 'target.img');
    await makeImage(target, SIZE);
    await clone(given, image, target);
    expect(await byteAt(await cached(target, INSIDE), INSIDE)).toBe(0x62);
  });
});

describe('others read what a clone has written', () => {
  test('to the whole disk, through its partition, and from the image', async () => {
    requireRoot();
    requireTool('losetup', 'partx');
    const given = await setting();
    const image = await disk(given, 'target.img', 0x61);
    const { whole, partition } = await nodes(image);
    const reader = await cached(partition, INSIDE - PARTITION.start);
    const source = await disk(given, 'source.img', 0x63);
    await clone(given, source, whole);
    expect(await byteAt(reader, INSIDE - PARTITION.start)).toBe(0x63);
    expect((await readFile(image)).subarray(PARTITION.start).equals((await readFile(source)).subarray(PARTITION.start))).toBe(
      true,
    );
  });

  test('to a partition, through the whole disk', async () => {
    requireRoot();
    requireTool('losetup', 'partx');
    const given = await setting();
    const { whole, partition } = await nodes(await disk(given, 'target.img', 0x61));
    const reader = await cached(whole, INSIDE);
    const source = join(given.scratch, 'source.img');
    await makeImage(source, PARTITION.size, 0x63);
    await clone(given, source, partition);
    expect(await byteAt(reader, INSIDE)).toBe(0x63);
  });
});

describe('refused, and nothing is written:', () => {
  test.each(['source', 'target'] as const)('an image as the %s that another program has open for writing', async (role) => {
    const given = await setting();
    const [source, target] = [await disk(given, 'source.img', 0x61), await disk(given, 'target.img', 0x62)];
    const before = await readFile(target);
    await openForWriting(role === 'source' ? source : target);
    expect(await refusal(given, source, target)).toMatch(
      new RegExp(`sh \\(process \\d+\\) has .*${role}\\.img open for writing`),
    );
    expect((await readFile(target)).equals(before)).toBe(true);
  });

  test('a disk whose partition another program has open for writing', async () => {
    requireRoot();
    requireTool('losetup', 'partx');
    const given = await setting();
    const { whole, partition } = await nodes(await disk(given, 'source.img', 0x61));
    await openForWriting(partition);
    expect(await refusal(given, whole, await disk(given, 'target.img', 0x62))).toMatch(
      new RegExp(`sh \\(process \\d+\\) has ${partition} open for writing`),
    );
  });

  test('two loop devices over parts of one file that overlap', async () => {
    requireRoot();
    requireTool('losetup');
    const given = await setting();
    const image = await disk(given, 'both.img', 0x61);
    const first = await loopDevice(image, { sizeLimit: 12 * MIB });
    const second = await loopDevice(image, { offset: 8 * MIB });
    const before = await readFile(image);
    expect(await refusal(given, first, second)).toMatch(/both\.img/);
    expect((await readFile(image)).equals(before)).toBe(true);
  });

  test('a disk whose partition is claimed by another program', async () => {
    requireRoot();
    requireTool('losetup', 'partx');
    const given = await setting();
    const { whole, partition } = await nodes(await disk(given, 'target.img', 0x61));
    const claim = `const { openSync, constants } = require('fs'); openSync('${partition}', constants.O_RDONLY | constants.O_EXCL); console.log('held'); process.stdin.resume();`;
    await holding(process.execPath, '-e', claim);
    expect(await refusal(given, await disk(given, 'source.img', 0x62), whole)).toMatch(/is held by another program|is in use/);
  });

  test('an image that we serve ourselves, also when it is cloned onto itself by its address', async () => {
    const given = await setting();
    const image = await disk(given, 'served.img', 0x61);
    const serving = startCli(['export', image, '--socket', join(given.scratch, 'export.sock'), '--json'], given);
    const [line] = await serving.shows(/^\{.*\}$/m);
    const { uri } = JSON.parse(line) as { uri: string };
    const other = await disk(given, 'other.img', 0x62);
    expect(await refusal(given, other, image)).toMatch(/another program holds a read lock on .*served\.img/);
    expect(await refusal(given, uri, image)).toMatch(/another program holds a read lock on .*served\.img/);
  });
});
