import { expect, test } from 'vitest';
import { categoryTotals, mapCells } from './mapCells';

test('few units are a cell each', () => {
  expect(
    mapCells(
      [
        { category: 'used', count: 2 },
        { category: 'free', count: 1 },
      ],
      10,
    ),
  ).toEqual({
    unitsPerCell: 1,
    cells: [
      { first: 0, units: 1, category: 'used', pure: true },
      { first: 1, units: 1, category: 'used', pure: true },
      { first: 2, units: 1, category: 'free', pure: true },
    ],
  });
});

test('of many units a cell shows what most of its units are, and whether others are among them', () => {
  const { cells, unitsPerCell } = mapCells(
    [
      { category: 'used', count: 7 },
      { category: 'free', count: 3 },
    ],
    2,
  );
  expect(unitsPerCell).toBe(5);
  expect(cells).toEqual([
    { first: 0, units: 5, category: 'used', pure: true },
    { first: 5, units: 5, category: 'free', pure: false },
  ]);
});

test('a run of billions of units takes no longer than its cells', () => {
  const { cells } = mapCells([{ category: 'free', count: 2 ** 40 }], 1000);
  expect(cells.length).toBeLessThanOrEqual(1000);
  expect(cells.reduce((sum, { units }) => sum + units, 0)).toBe(2 ** 40);
});

test('totals are counted by category', () => {
  const runs = [
    { category: 'a', count: 1 },
    { category: 'b', count: 2 },
    { category: 'a', count: 3 },
  ];
  expect([...categoryTotals(runs)]).toEqual([
    ['a', 4],
    ['b', 2],
  ]);
});
