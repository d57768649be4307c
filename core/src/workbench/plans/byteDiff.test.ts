import { expect, test } from 'vitest';
import { byteDiff, changedBytes, type DiffLine } from './byteDiff';

const bytes = (length: number, fill = 0): Uint8Array => new Uint8Array(length).fill(fill);

test('lines lie at multiples of 16 of the device, and the places outside of the run are empty', () => {
  const [line] = byteDiff(20, bytes(4), Uint8Array.of(0, 0xab, 0, 0)) as DiffLine[];
  expect(line!.offset).toBe(16);
  expect(line!.after.map(({ hex }) => hex).slice(3, 9)).toEqual(['', '00', 'AB', '00', '00', '']);
  expect(line!.after.findIndex(({ changed }) => changed)).toBe(5);
});

test('lines without a change are skipped but for those beside a changed one', () => {
  const after = bytes(160);
  after[80] = 1;
  expect(byteDiff(0, bytes(160), after)).toMatchObject([
    { skippedLines: 4, offset: 0 },
    { offset: 64, changed: false },
    { offset: 80, changed: true },
    { offset: 96, changed: false },
    { skippedLines: 3, offset: 112 },
  ]);
});

test('what one side has beyond the other is a change', () => {
  const [line] = byteDiff(0, bytes(1), bytes(2)) as DiffLine[];
  expect(line!.before[1]).toEqual({ hex: '', changed: true });
  expect(changedBytes(bytes(1), bytes(2))).toBe(1);
});
