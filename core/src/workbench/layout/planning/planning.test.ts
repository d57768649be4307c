import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleLayout } from '../testing/sampleLayout';
import { applyChanges } from './applyChanges';
import type { PlannedChange, PlannedOperation } from './changes';
import { describeChange } from './describeChange';
import { alignedWithin, sizeLimits, snapRange, snapSize, snapStart } from './limits';
import { withNewTable } from './newTable';
import { withChange, withNew, withoutOperation } from './operationList';
import { places } from './places';

const MEBIBYTE = 1024 * 1024;
const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const base = sampleLayout({
  partitions: [
    { number: 1, start: 1, size: 19, filesystem: { type: 'ext4', label: null, uuid: null, size: 10 * MEBIBYTE, used: null } },
    { number: 2, start: 40, size: 20 },
  ],
});
const create = (start: number, size: number): PlannedChange => ({
  kind: 'create',
  start: start * MEBIBYTE,
  size: size * MEBIBYTE,
  type: LINUX,
});
const plan = (...changes: PlannedChange[]): PlannedOperation[] =>
  changes.map((change, index) => ({ id: String(index + 1), change }));

describe('what holds', () => {
  test('a new partition takes its place from a gap', () => {
    const { after, problems } = applyChanges(base, plan(create(20, 20)));
    expect(problems.size).toBe(0);
    expect(after.partitions.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(after.gaps.some(({ start, size }) => start < 40 * MEBIBYTE && start + size > 20 * MEBIBYTE)).toBe(false);
  });

  test.each<[string, PlannedChange, RegExp]>([
    ['overlapping', create(15, 20), /overlap partition 1/],
    ['outside', create(90, 20), /may lie between/],
    ['cutting off a filesystem', { kind: 'resize', number: 1, size: 9 * MEBIBYTE }, /ext4 filesystem/],
    ['between sectors', { kind: 'move', number: 2, start: 41 * MEBIBYTE + 1 }, /sectors of 512/],
    ['of what is not there', { kind: 'delete', number: 7 }, /no partition 7/],
  ])('one %s is refused with the reason', (_, change, reason) => {
    const { after, problems } = applyChanges(base, plan(change));
    expect(problems.get('1')).toMatch(reason);
    expect(after.partitions).toEqual(base.layout.partitions);
  });

  test('what needs the room that another makes no longer holds once that one is taken back, and is kept', () => {
    const operations = plan({ kind: 'delete', number: 2 }, create(35, 30));
    expect(applyChanges(base, operations).problems.size).toBe(0);
    const left = withoutOperation(operations, '1');
    expect(left).toHaveLength(1);
    expect(applyChanges(base, left).problems.get('2')).toMatch(/overlap partition 2/);
  });

  test('the order of operations means nothing', () => {
    const operations = plan(create(35, 30), { kind: 'delete', number: 2 });
    expect(applyChanges(base, operations).problems.size).toBe(0);
  });

  test('a new partition gets the lowest free number, also when another new one is taken back', () => {
    const operations = plan(create(20, 5), create(30, 5));
    expect(applyChanges(base, operations).after.partitions.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(applyChanges(base, withoutOperation(operations, '1')).after.partitions.map(({ number }) => number)).toEqual([1, 2, 3]);
  });
});

describe('logical partitions', () => {
  const mbr = sampleLayout({
    type: 'mbr',
    partitions: [
      { number: 1, start: 1, size: 9 },
      { number: 2, start: 20, size: 60, role: 'extended' },
      { number: 5, start: 21, size: 10, role: 'logical' },
      { number: 6, start: 40, size: 10, role: 'logical' },
    ],
  });

  test('a new one within the extended partition is logical and leaves room for its boot record', () => {
    const change: PlannedChange = { kind: 'create', start: 60 * MEBIBYTE, size: 5 * MEBIBYTE, type: '0x83' };
    expect(applyChanges(mbr, plan(change)).after.partitions.at(-1)).toMatchObject({ number: 7, role: 'logical' });
    expect(applyChanges(mbr, plan({ ...change, start: 50 * MEBIBYTE })).problems.size).toBe(1);
  });

  test('those behind a deleted one move up', () => {
    const { after } = applyChanges(mbr, plan({ kind: 'delete', number: 5 }));
    expect(after.partitions.map(({ number, start }) => [number, start / MEBIBYTE])).toEqual([
      [1, 1],
      [2, 20],
      [5, 40],
    ]);
  });

  test('an extended partition goes only with all that is in it', () => {
    const gone: PlannedChange = { kind: 'delete', number: 2 };
    expect(applyChanges(mbr, plan(gone, { kind: 'delete', number: 5 })).problems.get('1')).toMatch(/holds partition 6/);
    const { after } = applyChanges(mbr, plan(gone, { kind: 'delete', number: 5 }, { kind: 'delete', number: 6 }));
    expect(after.partitions.map(({ number }) => number)).toEqual([1]);
  });

  test('a new extended partition takes logical ones, a second one is refused', () => {
    const extended: PlannedChange = { kind: 'create', start: 85 * MEBIBYTE, size: 10 * MEBIBYTE, type: '0x0f' };
    expect(applyChanges(mbr, plan(extended)).problems.get('1')).toMatch(/partition 2 is an extended one already/);
    const plain = sampleLayout({ type: 'mbr', partitions: [] });
    const inside: PlannedChange = { kind: 'create', start: 86 * MEBIBYTE, size: 5 * MEBIBYTE, type: '0x83' };
    const { after } = applyChanges(plain, plan(extended, inside));
    expect(after.partitions).toMatchObject([
      { number: 1, role: 'extended' },
      { number: 5, role: 'logical' },
    ]);
  });

  test('an extended partition shrinks to the end of its last logical one at most', () => {
    expect(sizeLimits(mbr, mbr.layout.partitions, mbr.layout.partitions[1]!).least).toBe(30 * MEBIBYTE);
  });
});

describe('any order', () => {
  const number = fc.integer({ min: 1, max: 5 });
  const mebibytes = fc.integer({ min: 0, max: 110 }).map((value) => value * MEBIBYTE);
  const change = fc.oneof<fc.Arbitrary<PlannedChange>[]>(
    fc.record({
      kind: fc.constant('create' as const),
      start: mebibytes,
      size: mebibytes,
      type: fc.constant(LINUX),
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
        let operations = plan(...changes);
        while (operations.length > 0) {
          operations = withoutOperation(operations, operations[picks.next().value % operations.length]!.id);
          applyChanges(base, operations);
        }
        expect(applyChanges(base, operations).after.partitions).toEqual(base.layout.partitions);
      }),
    );
  });
});

test('with a new table only new partitions are left, and its own place is not free', () => {
  const operations = plan({ kind: 'initialize', table: 'mbr' }, { ...create(10, 20), type: '0x83' } as PlannedChange, {
    kind: 'delete',
    number: 1,
  });
  const { after, problems } = applyChanges(withNewTable(base, operations), operations);
  expect(after.table.type).toBe('mbr');
  expect(after.partitions.map(({ number, start }) => [number, start])).toEqual([[1, 10 * MEBIBYTE]]);
  expect([...problems.keys()]).toEqual(['3']);
  expect(after.gaps[0]!.start).toBe(512);
});

describe('the list', () => {
  const doing = (operations: PlannedOperation[], change: Parameters<typeof withChange>[2]): PlannedOperation[] =>
    withChange(operations, applyChanges(base, operations), change);

  test('a second drag of the same edge replaces the first', () => {
    const first = doing([], { kind: 'resize', number: 2, size: 30 * MEBIBYTE });
    expect(doing(first, { kind: 'resize', number: 2, size: 25 * MEBIBYTE })).toEqual([
      { id: '1', change: { kind: 'resize', number: 2, size: 25 * MEBIBYTE } },
    ]);
  });

  test('resizing what is only planned changes its creation; deleting it takes the creation back', () => {
    const resized = doing(withNew([], create(20, 10)), { kind: 'resize', number: 3, size: 5 * MEBIBYTE });
    expect(resized).toEqual([{ id: '1', change: create(20, 5) }]);
    expect(doing(resized, { kind: 'delete', number: 3 })).toEqual([]);
  });

  test('a change of a new partition that took a deleted number is one of the new partition', () => {
    const operations = plan({ kind: 'delete', number: 2 }, create(40, 10));
    expect(doing(operations, { kind: 'resize', number: 2, size: 5 * MEBIBYTE })).toEqual(
      plan({ kind: 'delete', number: 2 }, create(40, 5)),
    );
  });

  test('a change is described by what, how much and where', () => {
    expect(describeChange(create(40, 10), base, 3)).toBe('Create partition 3, 10 MiB at 40 MiB, Linux filesystem');
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
    const free = places(base, partitions, partitions[1]!);
    expect(snapStart(free, 20 * MEBIBYTE, 5 * MEBIBYTE)).toBe(20 * MEBIBYTE);
    expect(snapStart(free, 20 * MEBIBYTE, 60.4 * MEBIBYTE)).toBe(60 * MEBIBYTE);
    expect(snapStart(free, 2 ** 40, 0)).toBeNull();
  });

  test('a range drawn into free space is aligned and lies within it', () => {
    expect(snapRange({ start: 20 * MEBIBYTE, size: 20 * MEBIBYTE }, 30.6 * MEBIBYTE, 10 * MEBIBYTE)).toEqual({
      start: 20 * MEBIBYTE,
      size: 11 * MEBIBYTE,
    });
    expect(snapRange({ start: 512, size: 1024 }, 0, 4096)).toBeNull();
  });
});

test('a new partition takes the aligned part of a place, and all of one that has none', () => {
  expect(alignedWithin({ start: 17408, size: 3 * MEBIBYTE })).toEqual({ start: MEBIBYTE, size: 2 * MEBIBYTE });
  expect(alignedWithin({ start: 17408, size: 1000 * 1024 })).toEqual({ start: 17408, size: 1000 * 1024 });
});
