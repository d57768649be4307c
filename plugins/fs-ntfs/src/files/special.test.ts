import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import type { NtfsFilesystem } from '../ntfsFilesystem';
import { ntfsTools } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';
import { linkData, setAttribute, setFileAttributes, setReparsePoint } from '../testing/setAttributes';
import { encodeXpress } from '../testing/xpressEncoder';
import { FileAttribute } from './fileAttributes';
import { ReparseTag } from './reparsePoint';

const MIB = 1024 * 1024;

async function nodeAt(ntfs: NtfsFilesystem, path: string): Promise<string> {
  return (await ntfs.files.lookup(path, signal))!.node;
}

async function readAll(ntfs: NtfsFilesystem, path: string, stream?: string): Promise<Buffer> {
  const node = await nodeAt(ntfs, path);
  const { size } = await ntfs.files.contentOf(node, stream, signal);
  return ntfs.files.readContent(node, stream, 0, size, signal);
}

async function segmentKinds(ntfs: NtfsFilesystem, path: string): Promise<string[]> {
  const { segments } = await ntfs.files.contentOf(await nodeAt(ntfs, path), undefined, signal);
  const kinds: string[] = [];
  for await (const { kind } of segments) kinds.push(kind);
  return kinds;
}

describe.skipIf(toolsMissing(...ntfsTools, 'python3'))('special files of NTFS', () => {
  test.each([
    ['of 4 KiB', []],
    ['of 512 bytes', ['-c', '512']],
  ])('compressed ones with clusters %s are read as the driver reads them', async (_, args) => {
    const image = newImage().format(32 * MIB, args);
    const random = new SeededRandom(9);
    const text = Buffer.alloc(300_000, 'The quick brown fox. ');
    const contents: Record<string, Buffer> = {
      text,
      noise: random.bytes(300_000),
      mixed: Buffer.concat([text, random.bytes(100_000), Buffer.alloc(500_000), text]),
      short: text.subarray(0, 5000),
    };
    await image.mounted((folder) => {
      mkdirSync(join(folder, 'packed'));
      setFileAttributes(join(folder, 'packed'), FileAttribute.COMPRESSED);
      for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, 'packed', name), bytes);
    }, 'compression');
    const ntfs = await openImage(image);
    for (const [name, bytes] of Object.entries(contents))
      expect((await readAll(ntfs, `/packed/${name}`)).equals(bytes), name).toBe(true);
    expect(await segmentKinds(ntfs, '/packed/text')).toContain('served');
    expect(await segmentKinds(ntfs, '/packed/noise')).toContain('extent');
    expect((await ntfs.files.stat(await nodeAt(ntfs, '/packed/text'), signal)).metadata?.attributes).toContain('compressed');
  });

  test('named streams and extended attributes are listed and read', async () => {
    const image = newImage().format(32 * MIB);
    const large = new SeededRandom(2).bytes(200_000);
    await image.mounted((folder) => {
      writeFileSync(join(folder, 'file'), 'content');
      writeFileSync(join(folder, 'file:small'), 'stream');
      writeFileSync(join(folder, 'file:large'), large);
      // One attribute: the next behind 16 bytes, flags 0, name of 4, value of 3.
      setAttribute(join(folder, 'file'), 'system.ntfs_ea', Buffer.from('10000000000403004e414d4500010203', 'hex'));
    }, 'streams_interface=windows');
    const ntfs = await openImage(image);
    const node = await nodeAt(ntfs, '/file');
    const streams = await ntfs.files.streams(node, signal);
    expect(streams).toEqual([
      { name: 'small', size: 6, value: Buffer.from('stream') },
      { name: 'large', size: 200_000 },
      { name: 'ea:NAME', size: 3, value: Buffer.from([1, 2, 3]) },
    ]);
    expect((await readAll(ntfs, '/file', 'large')).equals(large)).toBe(true);
    expect((await readAll(ntfs, '/file')).toString()).toBe('content');
    expect((await ntfs.files.stat(node, signal)).metadata?.hasStreams).toBe(true);
    await expect(ntfs.files.contentOf(node, 'other', signal)).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  test('links, junctions and the files of WSL are what they stand for', async () => {
    const image = newImage().format(32 * MIB);
    const long = `folder\\${'x'.repeat(2000)}`;
    await image.mounted((folder) => {
      for (const name of ['absolute', 'relative', 'long', 'wsl', 'cloud']) writeFileSync(join(folder, name), '');
      mkdirSync(join(folder, 'junction'));
      setReparsePoint(join(folder, 'absolute'), ReparseTag.SYMLINK, linkData('\\??\\C:\\Users', 'C:\\Users', 0));
      setReparsePoint(join(folder, 'relative'), ReparseTag.SYMLINK, linkData('..\\a\\b', '..\\a\\b', 1));
      setReparsePoint(join(folder, 'long'), ReparseTag.SYMLINK, linkData(long, long, 1));
      setReparsePoint(join(folder, 'wsl'), ReparseTag.LX_SYMLINK, Buffer.from('\x02\0\0\0../größe'));
      runTool('mkfifo', [join(folder, 'fifo')]);
      setReparsePoint(join(folder, 'cloud'), 0x9000_601a, Buffer.alloc(20));
      setReparsePoint(join(folder, 'junction'), ReparseTag.MOUNT_POINT, linkData('\\??\\D:\\data', ''));
    }, 'special_files=wsl');
    const ntfs = await openImage(image);
    const targets: Record<string, string> = {
      absolute: 'C:\\Users',
      relative: '../a/b',
      long: long.replace('\\', '/'),
      wsl: '../größe',
      junction: 'D:\\data',
    };
    for (const [name, target] of Object.entries(targets)) {
      const node = await nodeAt(ntfs, `/${name}`);
      expect([(await ntfs.files.stat(node, signal)).type, await ntfs.files.readlink(node, signal)]).toEqual(['symlink', target]);
    }
    expect((await ntfs.files.stat(await nodeAt(ntfs, '/fifo'), signal)).type).toBe('fifo');
    const cloud = await ntfs.files.stat(await nodeAt(ntfs, '/cloud'), signal);
    expect([cloud.type, Object.fromEntries(cloud.details)['reparse point']]).toEqual(['file', 'cloud file (0x9000601a)']);
  });

  test.each([
    ['XPRESS4K', 0, 4096],
    ['XPRESS8K', 2, 8192],
    ['XPRESS16K', 3, 16384],
  ])('what the overlay filter compressed with %s is read', async (_, algorithm, chunkBytes) => {
    const content = Buffer.concat([
      Buffer.alloc(50_000, 'Windows, again. '),
      new SeededRandom(4).bytes(20_000),
      Buffer.alloc(9999, 'x'),
    ]);
    const chunks: Buffer[] = [];
    for (let at = 0; at < content.length; at += chunkBytes) {
      const piece = content.subarray(at, at + chunkBytes);
      const packed = encodeXpress(piece);
      chunks.push(packed.length < piece.length ? packed : piece);
    }
    const offsets = Buffer.alloc((chunks.length - 1) * 4);
    let end = 0;
    chunks.slice(0, -1).forEach((chunk, index) => offsets.writeUInt32LE((end += chunk.length), index * 4));
    const data = Buffer.alloc(16);
    [1, 2, 1, algorithm].forEach((value, index) => data.writeUInt32LE(value, index * 4));
    const image = newImage().format(32 * MIB);
    await image.mounted((folder) => {
      const path = join(folder, 'notepad.exe');
      writeFileSync(path, '');
      writeFileSync(`${path}:WofCompressedData`, Buffer.concat([offsets, ...chunks]));
      truncateSync(path, content.length);
      setReparsePoint(path, ReparseTag.WOF, data);
    }, 'streams_interface=windows');
    const ntfs = await openImage(image);
    expect((await readAll(ntfs, '/notepad.exe')).equals(content)).toBe(true);
    expect(await segmentKinds(ntfs, '/notepad.exe')).toEqual(['served']);
    expect((await ntfs.files.extentsOf(await nodeAt(ntfs, '/notepad.exe'), signal)).length).toBeGreaterThan(0);
  });
});
