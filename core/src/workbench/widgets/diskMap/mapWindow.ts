import type { MapWindow } from './scale';

/** Bytes that are shown at least: what is smaller is seen better in the sectors. */
const LEAST_SPAN = 64 * 512;

/** A window `factor` times as wide, in which `anchor` stays at the same share of the width; within the device. */
export function zoomed(window: MapWindow, factor: number, anchor: number, size: number): MapWindow {
  const span = window.end - window.start;
  const wanted = Math.round(Math.min(size, Math.max(Math.min(LEAST_SPAN, size), span * factor)));
  const share = span === 0 ? 0 : (anchor - window.start) / span;
  return placed(Math.round(anchor - share * wanted), wanted, size);
}

/** Moves a window by a share of its width. */
export function panned(window: MapWindow, share: number, size: number): MapWindow {
  const span = window.end - window.start;
  return placed(Math.round(window.start + share * span), span, size);
}

/** A window around a region, with some of its neighbourhood. */
export function around(region: { start: number; size: number }, size: number): MapWindow {
  const span = Math.min(size, Math.max(Math.round(region.size * 1.2), Math.min(LEAST_SPAN, size)));
  return placed(Math.round(region.start + region.size / 2 - span / 2), span, size);
}

function placed(start: number, span: number, size: number): MapWindow {
  const from = Math.min(Math.max(0, start), size - span);
  return { start: from, end: from + span };
}
