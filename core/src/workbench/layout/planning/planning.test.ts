import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleLayout } from '../testing/sampleLayout';
import { applyChanges, freeNumber } from './applyChanges';
import { commandOperation, type PlannedChange, type PlannedOperation } from './changes';
import { describeChange } from './describeChange';
import { freePlaces, sizeLimits, snapRange, snapSize, snapStart } from './limits';
import { withChange, withoutOperation } from './operationList';

const MEBIBYTE = 1024 * 1024;
const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const base = sampleLayout({
  partitions: [
    { number: 1, start: 1, size: 19, filesystem: { type: 'ext4', label: null, uuid: null, size: 10 * MEBIBYTE, used: null } },
    { number: 2, start: 40, size: 20 },
  ],
});
const create = (number: number, start: number, size: number): PlannedChange => ({
  kind: 'create',
  number,
  start: start * MEBIBYTE,
  size: size * MEBIBYTE,
  type: LINUX,
  name: '',
});
const plan = (...changes: PlannedChange[]): PlannedOperation[] =>
  changes.map((change, index) => ({ id: String(index + 1), change }));

describe('what holds', () => {
  test('a new partition takes its place from a gap', () => {
    const { after, problems } = applyChanges(base, plan(create(3, 20, 20)));
    expect(problems.size).toBe(0);
    expect(after.partitions.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(after.gaps.some(({ start, size }) => start < 40 * MEBIBYTE && start + size > 20 * MEBIBYTE)).toBe(false);
  });

  test.each<[string, PlannedChange, RegExp]>([
    ['overlapping', create(3, 15, 20), /overlap partition 1/],
    ['outside', create(3, 90, 20), /may lie between/],
    ['of a taken number', create(2, 70, 1), /a partition 2 already/],
    ['cutting off a filesystem', { kind: 'resize', number: 1, size: 9 * MEBIBYTE }, /ext4 filesystem/],
    ['between sectors', { kind: 'move', number: 2, start: 41 * MEBIBYTE + 1 }, /sectors of 512/],
    ['of what is not there', { kind: 'delete', number: 7 }, /no partition 7/],
  ])('one %s is refused with the reason', (_, change, reason) => {
    const { after, problems } = applyChanges(base, plan(change));
    expect(problems.get('1')).toMatch(reason);
    expect(after.partitions).toEqual(base.layout.partitions);
  });

  test('an operation on what another makes no longer holds once that one is taken back, and is kept', () => {
    const operations = plan({ kind: 'delete', number: 2 }, create(2, 35, 30));
    expect(applyChanges(base, operations).problems.size).toBe(0);
    const left = withoutOperation(operations, '1');
    expect(left).toHaveLength(1);
    expect(applyChanges(base, left).problems.get('2')).toMatch(/already/);
  });
});

describe('any order', () => {
  const number = fc.integer({ min: 1, max: 5 });
  const mebibytes = fc.integer({ min: 0, max: 110 }).map((value) => value * MEBIBYTE);
  const change = fc.oneof<fc.Arbitrary<PlannedChange>[]>(
    fc.record({
      kind: fc.constant('create' as const),
      number,
      start: mebibytes,
      size: mebibytes,
      type: fc.constant(LINUX),
      name: fc.constant(''),
    }),
    fc.record({ kind: fc.constant('delete' as const), number }),
    fc.record({ kind: fc.constant('resize' as const), number, size: mebibytes }),
    fc.record({ kind: fc.constant('move' as const), number, start: mebibytes }),
  );

  test('whatever is planned, what holds never overlaps nor leaves the usable range', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const { partitions } = applyChanges(base, plan(...changes)).after;
        const sorted = [...partitions].sort((a, b) => a.start - b.start);
        for (const [index, { start, size }] of sorted.entries()) {
          expect(start).toBeGreaterThanOrEqual(base.usable.offset);
          expect(start + size).toBeLessThanOrEqual(sorted[index + 1]?.start ?? base.usable.offset + base.usable.length);
        }
      }),
    );
  });

  test('taking everything back, in whatever order, leads to the layout as it is', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), fc.infiniteStream(fc.nat()), (changes, picks) => {
        let operations = changes.reduce<PlannedOperation[]>((list, next) => withChange(list, next), []);
        while (operations.length > 0) {
          operations = withoutOperation(operations, operations[picks.next().value % operations.length]!.id);
          applyChanges(base, operations);
        }
        expect(applyChanges(base, operations).after.partitions).toEqual(base.layout.partitions);
      }),
    );
  });
});

describe('the list', () => {
  test('a second drag of the same edge replaces the first', () => {
    const first = withChange([], { kind: 'resize', number: 2, size: 30 * MEBIBYTE });
    expect(withChange(first, { kind: 'resize', number: 2, size: 25 * MEBIBYTE })).toEqual([
      { id: '1', change: { kind: 'resize', number: 2, size: 25 * MEBIBYTE } },
    ]);
  });

  test('resizing what is only planned changes its creation; deleting it takes the creation back', () => {
    const created = withChange([], create(3, 20, 10));
    const resized = withChange(created, { kind: 'resize', number: 3, size: 5 * MEBIBYTE });
    expect(resized).toEqual([{ id: '1', change: create(3, 20, 5) }]);
    expect(withChange(resized, { kind: 'delete', number: 3 })).toEqual([]);
  });

  test('a change is described by what, how much and where', () => {
    expect(describeChange(create(3, 40, 10), base.layout)).toBe('Create partition 3, 10 MiB at 40 MiB, Linux filesystem');
  });

  test('the command is told no number of a new partition and no empty name', () => {
    expect(commandOperation({ id: '1', change: create(3, 40, 10) })).toEqual({
      kind: 'create',
      start: 40 * MEBIBYTE,
      size: 10 * MEBIBYTE,
      type: LINUX,
    });
  });
});

describe('limits of a drag', () => {
  const { partitions } = base.layout;

  test('a partition grows to its neighbour and shrinks to its filesystem', () => {
    expect(sizeLimits(base, partitions, partitions[0]!)).toEqual({ least: 10 * MEBIBYTE, most: 39 * MEBIBYTE });
  });

  test('a size snaps to the alignment and stays within its limits', () => {
    const limits = { least: 10 * MEBIBYTE, most: 39 * MEBIBYTE };
    expect(snapSize(MEBIBYTE, 20.3 * MEBIBYTE, limits)).toBe(20 * MEBIBYTE);
    expect(snapSize(MEBIBYTE, 100 * MEBIBYTE, limits)).toBe(39 * MEBIBYTE);
    expect(snapSize(MEBIBYTE, 0, limits)).toBe(10 * MEBIBYTE);
  });

  test('a start snaps into the nearest place that is large enough', () => {
    const places = freePlaces(base, partitions, 2);
    expect(snapStart(places, 20 * MEBIBYTE, 5 * MEBIBYTE)).toBe(20 * MEBIBYTE);
    expect(snapStart(places, 20 * MEBIBYTE, 60.4 * MEBIBYTE)).toBe(60 * MEBIBYTE);
    expect(snapStart(places, 2 ** 40, 0)).toBeNull();
  });

  test('a range drawn into free space is aligned and lies within it', () => {
    expect(snapRange({ start: 20 * MEBIBYTE, size: 20 * MEBIBYTE }, 30.6 * MEBIBYTE, 10 * MEBIBYTE)).toEqual({
      start: 20 * MEBIBYTE,
      size: 11 * MEBIBYTE,
    });
    expect(snapRange({ start: 512, size: 1024 }, 0, 4096)).toBeNull();
  });

  test('the lowest free number comes next', () => {
    expect(freeNumber(base, partitions)).toBe(3);
  });
});
