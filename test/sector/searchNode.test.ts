import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '@diskwright/sdk/errors';
import type { SearchPattern } from '../../core/src/common';
import { native } from '../../core/src/sector/native';
import type { BlockNode } from '../../core/src/sector/nodes/blockNode';
import { DescriptorNode } from '../../core/src/sector/nodes/descriptorNode';
import { compareNodes } from '../../core/src/sector/search/compareNodes';
import { compilePattern } from '../../core/src/sector/search/pattern/compilePattern';
import { searchNode } from '../../core/src/sector/search/searchNode';
import { nodeWithBadSector } from '../support/badSectorNode';
import { MemoryNode } from '../support/memoryNode';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const text = (value: string): SearchPattern => ({ kind: 'text', text: value, ignoreCase: false, encodings: ['utf-8'] });

/** A sparse file with these bytes in it. */
async function fileNode(
  size: number,
  pieces: [offset: number, bytes: Buffer | string][],
): Promise<DescriptorNode & { file: string }> {
  const file = join(await scratchFolder(), 'device');
  const writing = openSync(file, 'w');
  ftruncateSync(writing, size);
  for (const [offset, bytes] of pieces) writeSync(writing, Buffer.from(bytes), 0, bytes.length, offset);
  closeSync(writing);
  const descriptor = native.open(file, { access: 'read' });
  const node = new DescriptorNode({ path: file, descriptor, size, sectorSize: 512, physicalSectorSize: 512 });
  onTestFinished(() => node.dispose());
  return Object.assign(node, { file });
}

async function search(node: BlockNode, pattern: SearchPattern, options: { limit?: number; signal?: AbortSignal } = {}) {
  const offsets: number[] = [];
  const contexts: string[] = [];
  let skipped = 0;
  const end = await searchNode(node, new native.Searcher(compilePattern(pattern)), {
    range: { offset: 0, length: node.size },
    limit: 10_000,
    ...options,
    onProgress: async (progress) => {
      for (const { offset, before, bytes } of progress.hits) {
        offsets.push(offset);
        contexts.push(Buffer.from(before, 'base64').toString('latin1') + '|' + Buffer.from(bytes, 'base64').toString('latin1'));
      }
      ({ skipped } = progress);
      expect(progress.done).toBeLessThanOrEqual(progress.total);
    },
  });
  return { ...end, offsets, contexts, skipped };
}

test('finds what ripgrep finds, across the borders of pieces and chunks', async () => {
  requireTool('rg');
  const noise = randomBytes(40 * MIB);
  for (const at of [0, 256 * 1024 - 3, 8 * MIB - 5, 8 * MIB + 100, 16 * MIB - 1, 40 * MIB - 6]) noise.write('NEEDLE', at);
  const node = await fileNode(noise.length, [[0, noise]]);
  const expected = execFileSync('rg', ['--no-mmap', '-a', '-F', '-o', '-b', 'NEEDLE', node.file], { encoding: 'utf8' });
  const found = await search(node, text('NEEDLE'));
  expect(found.offsets).toEqual(
    expected
      .trim()
      .split('\n')
      .map((line) => Number(line.split(':')[0])),
  );
  expect(found).toMatchObject({ state: 'done', hits: 6 });
});

test('holes are not read, and matches at their edges are found', async () => {
  const node = await fileNode(4096 * MIB, [
    [0, 'start'],
    [2048 * MIB, 'middle'],
  ]);
  const found = await search(node, { kind: 'hex', text: '00 6d69646464 6c65 00', ignoreCase: false, encodings: ['utf-8'] });
  expect(found.offsets).toEqual([]);
  const edge = await search(node, { kind: 'hex', text: '00 6d6964646c65 00', ignoreCase: false, encodings: ['utf-8'] });
  expect(edge.offsets).toEqual([2048 * MIB - 1]);
  expect(edge.skipped).toBeGreaterThan(4090 * MIB);
});

test('shows what lies around a hit', async () => {
  const node = new MemoryNode(Buffer.alloc(4096, '.'));
  node.bytes.write('before-HIT-after', 1000);
  const { contexts } = await search(node, text('HIT'));
  expect(contexts).toEqual([`.........before-|HIT-after${'.'.repeat(39)}`]);
});

test('ends at the limit and says so', async () => {
  const node = new MemoryNode(Buffer.alloc(8192, 'ab'));
  expect(await search(node, text('ab'), { limit: 7 })).toMatchObject({
    state: 'limit',
    hits: 7,
    offsets: [0, 2, 4, 6, 8, 10, 12],
  });
});

test('unreadable sectors are searched as zeros, and what is readable beside them is found', async () => {
  const node = nodeWithBadSector(new MemoryNode(Buffer.alloc(64 * 1024, 'x')), 4096);
  node.bytes.write('LOST', 4100);
  node.bytes.write('KEPT', 4096 + 512);
  expect((await search(node, text('LOST'))).hits).toBe(0);
  expect((await search(node, text('KEPT'))).offsets).toEqual([4608]);
});

test('a cancellation ends it while the device hangs', async () => {
  const node = new MemoryNode(Buffer.alloc(4096));
  const controller = new AbortController();
  node.read = (_offset, _length, signal) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new CancelledError()));
      controller.abort();
    });
  await expect(search(node, text('x'), { signal: controller.signal })).rejects.toThrow(CancelledError);
});

test('comparison tells what cmp tells', async () => {
  requireTool('cmp');
  const left = randomBytes(3 * MIB);
  const right = Buffer.from(left);
  for (const at of [0, 5000, 5001, 5002, MIB - 1, MIB, 3 * MIB - 1]) right[at]! ^= 0xff;
  const nodes = [await fileNode(left.length, [[0, left]]), await fileNode(right.length, [[0, right]])];
  const differences: [number, number][] = [];
  const end = await compareNodes({
    left: { node: nodes[0]!, offset: 0 },
    right: { node: nodes[1]!, offset: 0 },
    length: left.length,
    limit: 100,
    onProgress: async (progress) =>
      void differences.push(...progress.differences.map(({ offset, length }): [number, number] => [offset, length])),
  });
  expect(differences).toEqual([
    [0, 1],
    [5000, 3],
    [MIB - 1, 2],
    [3 * MIB - 1, 1],
  ]);
  expect(end).toEqual({ state: 'done', differences: 4, differentBytes: 7 });
});

test('more differences than a message holds are told in several', async () => {
  const left = Buffer.alloc(MIB);
  const right = Buffer.from(left.map((_, index) => (index % 20 === 0 ? 1 : 0)));
  const nodes = [await fileNode(MIB, [[0, left]]), await fileNode(MIB, [[0, right]])];
  const told: number[] = [];
  const end = await compareNodes({
    left: { node: nodes[0]!, offset: 0 },
    right: { node: nodes[1]!, offset: 0 },
    length: MIB,
    limit: 100_000,
    onProgress: async ({ differences }) => void told.push(differences.length),
  });
  expect(Math.max(...told)).toBeLessThanOrEqual(4096);
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(Math.ceil(MIB / 20));
  expect(end.differences).toBe(Math.ceil(MIB / 20));
});

test('comparison skips what is a hole in both', async () => {
  const size = 1024 * 1024 * MIB;
  const nodes = [await fileNode(size, [[size - 4096, 'same']]), await fileNode(size, [[size - 4096, 'sane']])];
  const found: number[] = [];
  await compareNodes({
    left: { node: nodes[0]!, offset: 0 },
    right: { node: nodes[1]!, offset: 0 },
    length: size,
    limit: 100,
    onProgress: async ({ differences }) => void found.push(...differences.map(({ offset }) => offset)),
  });
  expect(found).toEqual([size - 4096 + 2]);
});
