import type { ByteRange } from '@diskwright/sdk/protocol';
import { expect, test } from 'vitest';
import type { BlockNode } from '../nodes/blockNode';
import { dataRuns } from './dataRuns';
import { unionOfRuns } from './unionOfRuns';

const MIB = 1024 * 1024;

/** A node that is all data and tells of `piece` bytes at once, as NBD servers do. */
function dataNode(piece: number) {
  let asked = 0;
  const extents = async (offset: number, length: number) => {
    asked++;
    return [{ offset, length: Math.min(piece, length), kind: 'data' as const }];
  };
  return { node: { extents } as unknown as BlockNode, asked: () => asked };
}

async function* series(...runs: [offset: number, end: number][]): AsyncGenerator<ByteRange> {
  for (const [offset, end] of runs) yield { offset: offset * MIB, length: (end - offset) * MIB };
}

async function allOf(runs: AsyncIterable<ByteRange>): Promise<[number, number][]> {
  const all: [number, number][] = [];
  for await (const { offset, length } of runs) all.push([offset / MIB, (offset + length) / MIB]);
  return all;
}

test('data without end is begun with before all of it was asked about', async () => {
  const { node, asked } = dataNode(16 * MIB);
  const first = await dataRuns(node, { offset: 0, length: 2 ** 50 }).next();
  expect(first.value).toEqual({ offset: 0, length: 64 * MIB });
  expect(asked()).toBe(4);
});

test('short neighbours are one run, long ones follow each other without a gap', async () => {
  const { node } = dataNode(48 * MIB);
  expect(await allOf(dataRuns(node, { offset: 0, length: 250 * MIB }))).toEqual([
    [0, 96],
    [96, 192],
    [192, 250],
  ]);
});

test('a union covers what either has, once, however long the runs are', async () => {
  const union = unionOfRuns(series([0, 100], [100, 130], [300, 310]), series([50, 120], [125, 140], [305, 306]));
  expect(await allOf(union)).toEqual([
    [0, 100],
    [100, 140],
    [300, 310],
  ]);
});
