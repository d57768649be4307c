import { describe, expect, it } from 'vitest';
import { clampPlace, lastFirstRow, placeAround, placeShowing, RowGeometry, scrollByPixels } from './rowGeometry';
import { lensAround, pixelOfRow, rowOfThumb, thumbOf } from './scrollTrack';

const pebibyte = 2 ** 50;
const viewport = { rowHeight: 20, heightPixels: 610 };

describe('rows of a device', () => {
  it('are exact at the end of 8 PiB', () => {
    const geometry = new RowGeometry(Number.MAX_SAFE_INTEGER, 16);
    expect(geometry.rowCount).toBe(2 ** 49);
    expect(geometry.lengthOf(geometry.rowCount - 1)).toBe(15);
    expect(geometry.rowOf(geometry.offsetOf(2 ** 49 - 1) + 3)).toBe(2 ** 49 - 1);
  });

  it('scroll by single pixels at any place', () => {
    const geometry = new RowGeometry(pebibyte, 16);
    let place = { row: 2 ** 45, pixels: 0 };
    for (let index = 0; index < 25; index += 1) place = scrollByPixels(geometry, viewport, place, 1);
    expect(place).toEqual({ row: 2 ** 45 + 1, pixels: 5 });
    expect(scrollByPixels(geometry, viewport, place, -6)).toEqual({ row: 2 ** 45, pixels: 19 });
  });

  it('stop at both ends', () => {
    const geometry = new RowGeometry(pebibyte, 16);
    const last = lastFirstRow(geometry, viewport);
    expect(last).toBe(2 ** 46 - 30);
    expect(scrollByPixels(geometry, viewport, { row: 0, pixels: 3 }, -100)).toEqual({ row: 0, pixels: 0 });
    expect(scrollByPixels(geometry, viewport, { row: last - 1, pixels: 0 }, 100)).toEqual({ row: last, pixels: 0 });
  });

  it('of a device smaller than the window do not scroll', () => {
    const geometry = new RowGeometry(100, 16);
    expect(clampPlace(geometry, viewport, { row: 5, pixels: 7 })).toEqual({ row: 0, pixels: 0 });
  });

  it('come into view by the shortest way', () => {
    const geometry = new RowGeometry(pebibyte, 16);
    const place = { row: 100, pixels: 0 };
    expect(placeShowing(geometry, viewport, place, 110)).toBe(place);
    expect(placeShowing(geometry, viewport, place, 99).row).toBe(99);
    expect(placeShowing(geometry, viewport, place, 130).row).toBe(101);
    expect(placeAround(geometry, viewport, 1000).row).toBe(990);
  });
});

describe('scrollbars', () => {
  it('map their thumb to rows and back, with a thumb that can be grasped', () => {
    const track = { heightPixels: 600, firstRow: 0, rowCount: 2 ** 46 };
    expect(thumbOf(track, 0, 30)).toEqual({ topPixels: 0, heightPixels: 24 });
    expect(thumbOf(track, 2 ** 46 - 30, 30).topPixels).toBe(576);
    expect(rowOfThumb(track, 30, 576)).toBe(2 ** 46 - 30);
    expect(rowOfThumb(track, 30, -5)).toBe(0);
    expect(pixelOfRow(track, 2 ** 45)).toBe(300);
  });

  it('lens: a pixel is two rows, wherever the place is', () => {
    const lens = lensAround(2 ** 46, 600, 2 ** 45, 30);
    expect(lens.rowCount).toBe(1200);
    const { topPixels } = thumbOf(lens, 2 ** 45, 30);
    expect(rowOfThumb(lens, 30, topPixels)).toBe(2 ** 45);
    expect(rowOfThumb(lens, 30, topPixels + 1) - 2 ** 45).toBeLessThanOrEqual(3);
  });

  it('lens: ends where the device ends', () => {
    const lens = lensAround(2 ** 46, 600, 2 ** 46 - 30, 30);
    expect(lens.firstRow + lens.rowCount).toBe(2 ** 46);
  });
});
