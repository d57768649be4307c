import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { sizeText } from '../shared/sizeText';
import type { MapRegion } from './regions';
import type { MapScale } from './scale';

/** Pixels that a label needs. */
const LABEL_WIDTH = 78;

/** Where regions begin, as far as there is room for the labels, and where the window ends. */
export function mapRuler(regions: readonly MapRegion[], scale: MapScale): TemplateResult {
  const { window, width } = scale;
  const marks: { x: number; offset: number }[] = [];
  for (const offset of [window.start, ...regions.map(({ start }) => start)]) {
    const x = scale.xOf(offset);
    const room = x - (marks.at(-1)?.x ?? -Infinity);
    if (offset >= window.start && room >= LABEL_WIDTH && x <= width - 2 * LABEL_WIDTH) marks.push({ x, offset });
  }
  return html`<div class="dw-map-ruler" aria-hidden="true">
    ${marks.map(({ x, offset }) => html`<span style=${styleMap({ left: `${x}px` })}>${sizeText(offset)}</span>`)}
    <span class="dw-map-end">${sizeText(window.end)}</span>
  </div>`;
}
