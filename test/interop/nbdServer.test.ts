import { randomBytes } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BlockNode, WritableNode } from '../../core/src/sector/nodes/blockNode';
import { openForWriting } from '../../core/src/sector/nodes/openForWriting';
import { openNode } from '../../core/src/sector/nodes/openNode';
import { serveNode } from '../support/serveNode';
import { fuseFile } from '../support/nbdExport';
import { scratchFolder } from '../support/scratch';
import { must, tool } from '../support/tool';
import { requireCondition, requireTool } from '../support/tools';
import { existsSync } from 'node:fs';

const MiB = 1024 * 1024;
const rights = { elevated: false, overlays: null };

/** 16 MiB: data in [1, 3) and [8, 9) MiB, the rest never written. */
async function sparseImage(folder: string): Promise<string> {
  const path = join(folder, 'sparse.img');
  const file = await open(path, 'w');
  await file.truncate(16 * MiB);
  await file.write(randomBytes(2 * MiB), 0, 2 * MiB, MiB);
  await file.write(randomBytes(MiB), 0, MiB, 8 * MiB);
  await file.sync();
  await file.close();
  return path;
}

async function served(path: string): Promise<string> {
  const { node } = await openNode(path, rights);
  return serveNode(node);
}

async function writable(folder: string, content: Buffer): Promise<{ uri: string; path: string; node: WritableNode & BlockNode }> {
  const path = join(folder, 'target.img');
  await writeFile(path, content);
  const { node } = await openForWriting(path, rights);
  return { uri: await serveNode(node, node), path, node };
}

test('nbdinfo tells size, block sizes and that it is read-only', async () => {
  requireTool('nbdinfo');
  const folder = await scratchFolder();
  const info = JSON.parse(await must('nbdinfo', '--json', await served(await sparseImage(folder))));
  expect(info).toMatchObject({ protocol: 'newstyle-fixed', structured: true });
  expect(info.exports[0]).toMatchObject({
    'export-size': 16 * MiB,
    is_read_only: true,
    can_multi_conn: true,
    can_df: true,
    block_size_minimum: 1,
    block_size_preferred: 4096,
    block_size_maximum: 32 * MiB,
    contexts: ['base:allocation'],
  });
});

test('nbdinfo lists the export', async () => {
  requireTool('nbdinfo');
  const uri = await served(await sparseImage(await scratchFolder()));
  expect(await must('nbdinfo', '--list', uri)).toMatch(/export-size: 16777216/);
});

test('nbdinfo maps holes as the file has them', async () => {
  requireTool('nbdinfo');
  const uri = await served(await sparseImage(await scratchFolder()));
  const map = JSON.parse(await must('nbdinfo', '--json', '--map', uri)) as { offset: number; length: number; type: number }[];
  expect(map.map(({ offset, length, type }) => [offset / MiB, length / MiB, type])).toEqual([
    [0, 1, 3],
    [1, 2, 0],
    [3, 5, 3],
    [8, 1, 0],
    [9, 7, 3],
  ]);
});

test('nbdcopy copies it out whole', async () => {
  requireTool('nbdcopy', 'cmp');
  const folder = await scratchFolder();
  const path = await sparseImage(folder);
  await must('nbdcopy', await served(path), join(folder, 'copy.img'));
  await must('cmp', path, join(folder, 'copy.img'));
});

test('nbdcopy without extents reads holes as zeros', async () => {
  requireTool('nbdcopy', 'cmp');
  const folder = await scratchFolder();
  const path = await sparseImage(folder);
  await must('nbdcopy', '--no-extents', '--requests=64', await served(path), join(folder, 'copy.img'));
  await must('cmp', path, join(folder, 'copy.img'));
});

test('qemu-img compares, maps and converts it', async () => {
  requireTool('qemu-img', 'cmp');
  const folder = await scratchFolder();
  const path = await sparseImage(folder);
  const uri = await served(path);
  await must('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', uri, path);
  const map = JSON.parse(await must('qemu-img', 'map', '--output=json', '-f', 'raw', uri)) as { data: boolean }[];
  expect(map.map(({ data }) => data)).toEqual([false, true, false, true, false]);
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', uri, join(folder, 'copy.qcow2'));
  await must('qemu-img', 'compare', '-f', 'raw', path, join(folder, 'copy.qcow2'));
});

test('qemu-io writes, zeroes and discards, with FUA', async () => {
  requireTool('qemu-io');
  const folder = await scratchFolder();
  const { uri, path } = await writable(folder, Buffer.alloc(4 * MiB, 0xa5));
  const commands = [
    'write -f -P 0x11 4096 8192',
    'write -z 65536 65536',
    'write -z -u 131072 65536',
    'discard 1M 1M',
    'flush',
    'read -P 0x11 4096 8192',
  ];
  const result = await must('qemu-io', '-f', 'raw', ...commands.flatMap((command) => ['-c', command]), uri);
  expect(result).not.toMatch(/failed|error/i);
  const content = await readFile(path);
  const expected = Buffer.alloc(4 * MiB, 0xa5)
    .fill(0x11, 4096, 12_288)
    .fill(0, 65_536, 196_608)
    .fill(0, MiB, 2 * MiB);
  expect(content.equals(expected)).toBe(true);
});

test('nbdcopy writes a disk onto it', async () => {
  requireTool('nbdcopy', 'cmp');
  const folder = await scratchFolder();
  const source = await sparseImage(folder);
  const { uri, path } = await writable(folder, Buffer.alloc(16 * MiB, 0xa5));
  await must('nbdcopy', '--flush', source, uri);
  await must('cmp', source, path);
});

test('a write to a read-only export is refused', async () => {
  requireTool('nbdcopy', 'sha256sum');
  const folder = await scratchFolder();
  const path = await sparseImage(folder);
  const before = await must('sha256sum', path);
  expect((await tool('nbdcopy', path, await served(path))).status).not.toBe(0);
  expect(await must('sha256sum', path)).toBe(before);
});

test('e2fsck checks a filesystem on it through nbdfuse', async () => {
  requireTool('nbdfuse', 'fusermount3', 'mkfs.ext4', 'e2fsck');
  requireCondition(existsSync('/dev/fuse'), 'needs /dev/fuse');
  const folder = await scratchFolder();
  const path = join(folder, 'ext4.img');
  await must('mkfs.ext4', '-q', path, '32M');
  await must('e2fsck', '-fn', await fuseFile(await served(path), folder));
});
