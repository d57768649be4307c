import { DamagedStructureError } from '@diskwright/sdk/errors';
import { expect, test } from 'vitest';
import { ContentMap } from './contentMap';

const inline = (text: string) => ({ kind: 'inline' as const, bytes: Buffer.from(text).toString('base64') });
const extent = (offset: number, length: number) => ({ kind: 'extent' as const, offset, length });
const zeros = (length: number) => ({ kind: 'zeros' as const, length });

function map(size: number, ...segments: Parameters<ReturnType<typeof ContentMap.builder>['add']>[0][]): ContentMap {
  const builder = ContentMap.builder(1000);
  for (const segment of segments) builder.add(segment);
  return builder.build(size);
}

test('a range is told where its bytes are, in order, from the middle of one segment to the middle of another', () => {
  const content = map(60, extent(100, 10), inline('abcdefgh'), zeros(12), extent(50, 20), { kind: 'served', length: 10 });
  expect([...content.runs(5, 50)]).toEqual([
    { kind: 'volume', offset: 5, length: 5, position: 105 },
    { kind: 'inline', offset: 10, length: 8, position: 0 },
    { kind: 'zeros', offset: 18, length: 12, position: 0 },
    { kind: 'volume', offset: 30, length: 20, position: 50 },
    { kind: 'served', offset: 50, length: 5, position: 50 },
  ]);
});

test('segments that go on where the one before ends are one', () => {
  const content = map(40, extent(100, 10), extent(110, 10), inline('abc'), inline('def'), zeros(4), zeros(10));
  expect([...content.runs(0, 40)]).toEqual([
    { kind: 'volume', offset: 0, length: 20, position: 100 },
    { kind: 'inline', offset: 20, length: 6, position: 0 },
    { kind: 'zeros', offset: 26, length: 14, position: 0 },
  ]);
  expect(content.inline.toString()).toBe('abcdef');
});

test('what no segment tells of reads as zeros', () => {
  expect([...map(30, extent(0, 10)).runs(0, 30)]).toEqual([
    { kind: 'volume', offset: 0, length: 10, position: 0 },
    { kind: 'zeros', offset: 10, length: 20, position: 0 },
  ]);
});

test.each([
  ['extents outside of the volume', 10, [extent(995, 10)]],
  ['more segments than the size', 5, [extent(0, 10)]],
])('damage is told: %s', (_name, size, segments) => {
  expect(() => map(size, ...segments)).toThrow(DamagedStructureError);
});

test('a million segments take little room and are found at once', () => {
  const builder = ContentMap.builder(2 ** 40);
  for (let index = 0; index < 1_000_000; index++) builder.add(extent(index * 8192, 4096));
  const content = builder.build(4096 * 1_000_000);
  const started = performance.now();
  expect([...content.runs(4096 * 777_777 + 5, 1)]).toEqual([
    { kind: 'volume', offset: 4096 * 777_777 + 5, length: 1, position: 8192 * 777_777 + 5 },
  ]);
  expect(performance.now() - started).toBeLessThan(50);
});
