import { describe, expect, it } from 'vitest';
import { moved, selectedRange, selectionOf, target } from './selection';

const context = { size: 10_000, bytesPerRow: 16, rowsPerPage: 10, sectorSize: 512 };

describe('selection', () => {
  it('grows from where it began, in both directions', () => {
    let selection = selectionOf({ offset: 100, length: 1 });
    selection = moved(selection, 110, true);
    expect(selectedRange(selection)).toEqual({ offset: 100, length: 11 });
    selection = moved(selection, 90, true);
    expect(selectedRange(selection)).toEqual({ offset: 90, length: 11 });
    expect(selectedRange(moved(selection, 91, false))).toEqual({ offset: 91, length: 1 });
  });

  it('of a range begins at its first byte', () => {
    expect(selectionOf({ offset: 512, length: 512 })).toEqual({ cursor: 512, anchor: 1023 });
    expect(selectedRange(selectionOf({ offset: 512, length: 512 }))).toEqual({ offset: 512, length: 512 });
  });
});

describe('keys move', () => {
  it.each([
    ['left', 0, 0],
    ['right', 9999, 9999],
    ['up', 5, 5],
    ['up', 100, 84],
    ['down', 9990, 9990],
    ['pageUp', 100, 4],
    ['pageDown', 100, 260],
    ['pageDown', 9900, 9996],
    ['sectorUp', 512, 0],
    ['sectorUp', 600, 512],
    ['sectorDown', 600, 1024],
    ['sectorDown', 9990, 9728],
    ['rowStart', 100, 96],
    ['rowEnd', 100, 111],
    ['rowEnd', 9995, 9999],
    ['start', 100, 0],
    ['end', 100, 9999],
  ] as const)('%s from %i to %i', (motion, from, to) => {
    expect(target(from, motion, context)).toBe(to);
  });
});
