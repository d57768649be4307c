import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, openImage, runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';

const provider = plugin.imageFormats!['qcow2']!;
const MIB = 1024 * 1024;

/** A folder with `disk.img`, bytes here and there and holes between. */
function disk(size = 24 * MIB): { folder: string; raw: string } {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-qcow2-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const raw = join(folder, 'disk.img');
  const file = openSync(raw, 'w');
  ftruncateSync(file, size);
  const random = new SeededRandom(7, 0);
  for (let count = 0; count < 60; count++) {
    const length = 1 + random.integer(90_000);
    const bytes = count % 3 === 0 ? Buffer.alloc(length, count) : randomBytes(length);
    writeSync(file, bytes, 0, length, random.integer(size - length));
  }
  closeSync(file);
  return { folder, raw };
}

function converted({ folder, raw }: { folder: string; raw: string }, ...options: string[]): string {
  const path = join(folder, 'image.qcow2');
  runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, path]);
  return path;
}

/** What QEMU reads in an image, as plain bytes. */
function contentOf(image: string, ...options: string[]): Buffer {
  const path = `${image}.plain`;
  runTool('qemu-img', ['convert', '-O', 'raw', ...options, image, path]);
  return readFileSync(path);
}

async function open(path: string, snapshot: string | null = null) {
  const opened = await openImage(provider, path, snapshot);
  onTestFinished(() => opened.close());
  return opened.image;
}

const KINDS: [string, string[]][] = [
  ['version 3', []],
  ['version 2', ['-o', 'compat=0.10']],
  ['clusters of 512 bytes', ['-o', 'cluster_size=512']],
  ['clusters of 2 MiB', ['-o', 'cluster_size=2M']],
  ['compressed', ['-c']],
  ['compressed, clusters of 4 KiB', ['-c', '-o', 'cluster_size=4k']],
  ['compressed, clusters of 2 MiB', ['-c', '-o', 'cluster_size=2M']],
  ['compressed, version 2', ['-c', '-o', 'compat=0.10']],
  ['compressed by zstd', ['-c', '-o', 'compression_type=zstd']],
  ['compressed by zstd, clusters of 2 MiB', ['-c', '-o', 'compression_type=zstd,cluster_size=2M']],
  ['compressed by zstd, clusters of 512 bytes', ['-c', '-o', 'compression_type=zstd,cluster_size=512']],
  ['extended L2', ['-o', 'extended_l2=on']],
  ['extended L2, clusters of 16 KiB, compressed', ['-c', '-o', 'extended_l2=on,cluster_size=16k']],
  ['refcounts of 1 bit', ['-o', 'refcount_bits=1']],
  ['all clusters allocated', ['-o', 'preallocation=metadata']],
];

describe.skipIf(toolsMissing('qemu-img', 'qemu-io'))('reads as QEMU does', () => {
  test.each(KINDS)('%s', async (_, options) => {
    const source = disk();
    const path = converted(source, ...options);
    await checkImage(await open(path), contentOf(path));
  });

  test('an external data file', async () => {
    const source = disk();
    const path = converted(source, '-o', `data_file=${join(source.folder, 'data')}`);
    await checkImage(await open(path), contentOf(path));
  });

  test('a disk that does not end with a cluster', async () => {
    const path = converted(disk(5 * MIB + 512));
    await checkImage(await open(path), contentOf(path));
  });

  test('a chain of backing files, the last of them plain and shorter', async () => {
    const { folder, raw } = disk(8 * MIB);
    const [middle, top] = [join(folder, 'middle.qcow2'), join(folder, 'top.qcow2')];
    runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', raw, '-F', 'raw', middle, '10M']);
    runTool('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 1M 700k', '-c', 'write -z 3M 1M', middle]);
    runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', 'middle.qcow2', '-F', 'qcow2', '-o', 'extended_l2=on', top, '12M']);
    runTool('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 1200k 5k', '-c', 'write -z 2M 2k', '-c', 'write -P 3 11M 300k', top]);
    const image = await open(top);
    expect(image.describe().details).toContainEqual(['backing files', `middle.qcow2, ${raw}`]);
    await checkImage(image, contentOf(top));
  });

  test('zeroed and discarded clusters', async () => {
    const path = converted(disk());
    runTool('qemu-io', ['-f', 'qcow2', '-c', 'write -z 1M 3M', '-c', 'write -z -u 6M 2M', '-c', 'discard 9M 1M', path]);
    await checkImage(await open(path), contentOf(path));
  });

  test('snapshots, by name and by id', async () => {
    const path = converted(disk());
    const before = contentOf(path);
    runTool('qemu-img', ['snapshot', '-c', 'first one', path]);
    runTool('qemu-io', ['-f', 'qcow2', '-c', 'write -P 1 0 20M', path]);
    runTool('qemu-img', ['snapshot', '-c', 'second', path]);
    runTool('qemu-img', ['resize', '-q', path, '32M']);
    const now = await open(path);
    expect(now.describe().snapshots).toMatchObject([
      { id: '1', name: 'first one', size: 24 * MIB },
      { id: '2', name: 'second', size: 24 * MIB },
    ]);
    await checkImage(await open(path, 'first one'), before);
    await checkImage(await open(path, '1'), before);
    // QEMU shows a snapshot with the size that the disk has now.
    await checkImage(await open(path, 'second'), contentOf(path, '-l', 'second').subarray(0, 24 * MIB));
    await checkImage(now, contentOf(path));
    await expect(open(path, 'third')).rejects.toMatchObject({
      code: 'InvalidInput',
      detail: { todo: expect.stringMatching(/first one, second/) },
    });
  });

  test('an image that was not closed in order', async () => {
    const path = converted(disk(), '-o', 'lazy_refcounts=on');
    const file = openSync(path, 'r+');
    // The incompatible feature "dirty".
    writeSync(file, Buffer.from([1]), 0, 1, 79);
    closeSync(file);
    const image = await open(path);
    expect(image.describe().warnings).toHaveLength(1);
    await checkImage(image, contentOf(path));
  });

  test('an encrypted image is refused by its method', async () => {
    const path = converted(disk(MIB));
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.from([2]), 0, 1, 35);
    closeSync(file);
    await expect(open(path)).rejects.toMatchObject({ code: 'NotSupported', message: expect.stringMatching(/LUKS/) });
  });

  test('an image of which the end is missing can be read up to there', async () => {
    const path = converted(disk());
    const whole = contentOf(path);
    const file = openSync(path, 'r+');
    ftruncateSync(file, readFileSync(path).length - 2 * MIB);
    closeSync(file);
    const image = await open(path);
    const { signal } = new AbortController();
    expect((await image.read(0, MIB, signal)).equals(whole.subarray(0, MIB))).toBe(true);
    await expect(image.read(0, image.size, signal)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/ends at byte/),
    });
  });
});
