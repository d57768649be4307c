/** A stretch of a device between two neighbouring boundaries, and where it is drawn. */
export interface Segment {
  /** Bytes on the device. */
  start: number;
  end: number;
  /** CSS pixels from the map's left edge. */
  x: number;
  width: number;
}

/** A part of a device: what a map shows of it. Bytes; `end` is exclusive. */
export interface MapWindow {
  start: number;
  end: number;
}

/** What is to be drawn, as far as the scale is concerned. */
export interface Scalable {
  start: number;
  size: number;
  /** The least width in pixels that it is readable with. */
  floor: number;
}

/**
 * Where on a map of `width` pixels each byte of a window is drawn: to scale, except that nothing gets narrower than its floor as long as
 * there is room, so the scale is linear within a segment only. The widths of all segments add up to the map's.
 */
export class MapScale {
  private constructor(
    readonly window: MapWindow,
    readonly width: number,
    readonly segments: readonly Segment[],
  ) {}

  static of(items: readonly Scalable[], window: MapWindow, width: number): MapScale {
    const pieces = cut(items, window);
    const widths = shareOut(
      pieces.map(({ start, end }) => end - start),
      pieces.map(({ floor }) => floor),
      width,
    );
    let x = 0;
    const segments = pieces.map(({ start, end }, index) => {
      const segment = { start, end, x, width: widths[index]! };
      x += widths[index]!;
      return segment;
    });
    return new MapScale(window, width, segments);
  }

  /** Pixels; what lies outside of the window is drawn at its edge. */
  xOf(offset: number): number {
    const segment = this.find((candidate) => offset < candidate.end);
    if (!segment) return this.width;
    if (offset <= segment.start) return segment.x;
    return segment.x + ((offset - segment.start) / (segment.end - segment.start)) * segment.width;
  }

  /** The byte that is drawn at a pixel, within the window. */
  offsetAt(x: number): number {
    const segment = this.find((candidate) => x < candidate.x + candidate.width);
    if (!segment) return this.window.end;
    if (x <= segment.x || segment.width === 0) return segment.start;
    return Math.floor(segment.start + ((x - segment.x) / segment.width) * (segment.end - segment.start));
  }

  /** How many times wider than to scale a range is drawn: 1 is to scale. */
  stretch(start: number, size: number): number {
    const from = Math.max(start, this.window.start);
    const to = Math.min(start + size, this.window.end);
    if (to <= from) return 1;
    const trueWidth = ((to - from) / (this.window.end - this.window.start)) * this.width;
    return (this.xOf(to) - this.xOf(from)) / trueWidth;
  }

  /** The first segment for which the test holds; it holds for all behind one for which it does. */
  private find(test: (segment: Segment) => boolean): Segment | undefined {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (test(this.segments[middle]!)) high = middle;
      else low = middle + 1;
    }
    return this.segments[low];
  }
}

/** The window between all boundaries of the items; each piece with the largest floor of those that lie on it alone. */
function cut(items: readonly Scalable[], window: MapWindow): { start: number; end: number; floor: number }[] {
  const inside = items.filter(({ start, size }) => start < window.end && start + size > window.start);
  const bounds = new Set([window.start, window.end]);
  for (const { start, size } of inside) {
    bounds.add(Math.max(start, window.start));
    bounds.add(Math.min(start + size, window.end));
  }
  const sorted = [...bounds].sort((a, b) => a - b);
  const places = new Map(sorted.map((bound, index) => [bound, index]));
  const pieces = sorted.slice(1).map((end, index) => ({ start: sorted[index]!, end, floor: 0 }));
  for (const { start, size, floor } of inside) {
    const first = places.get(Math.max(start, window.start))!;
    const count = places.get(Math.min(start + size, window.end))! - first;
    // What is divided by others within it is as wide as they are.
    if (count === 1) pieces[first]!.floor = Math.max(pieces[first]!.floor, floor);
  }
  return pieces;
}

/**
 * Shares `width` out in proportion to `sizes`, at least `floors[i]` each; floors that do not fit together shrink alike.
 * @returns as many widths, none negative, that add up to `width` but for rounding
 */
export function shareOut(sizes: readonly number[], floors: readonly number[], width: number): number[] {
  const wanted = floors.reduce((sum, floor) => sum + floor, 0);
  const shrink = wanted > width ? width / wanted : 1;
  const least = floors.map((floor) => floor * shrink);
  // Those that gain most from their floor first: once one is wide enough by itself, all after it are.
  const order = sizes.map((_, index) => index).sort((a, b) => sizes[a]! * least[b]! - sizes[b]! * least[a]!);
  const widths = sizes.map(() => 0);
  let restWidth = width;
  let restSize = sizes.reduce((sum, size) => sum + size, 0);
  for (const index of order) {
    const fair = restSize > 0 ? (sizes[index]! / restSize) * restWidth : 0;
    widths[index] = Math.max(fair, least[index]!, 0);
    restWidth = Math.max(0, restWidth - widths[index]!);
    restSize -= sizes[index]!;
  }
  return widths;
}
