import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { contentFamily } from '../diskMap/filesystemFamily';
import { mapRegions, type MapSource } from '../diskMap/regions';
import { MapScale } from '../diskMap/scale';
import '../diskMap/filesystems.css';

/** Units that the map is as wide as; its own, since it is drawn in percent. */
const WIDTH = 1000;
const FLOOR = 25;

/** A layout to scale in a strip, without text. */
export function miniMap(source: MapSource): TemplateResult {
  const regions = mapRegions(source).filter(({ kind, partition }) => kind !== 'table' && partition?.role !== 'extended');
  const items = regions.map(({ start, size, kind }) => ({ start, size, floor: kind === 'partition' ? FLOOR : 0 }));
  const scale = MapScale.of(items, { start: 0, end: Math.max(1, source.layout.device.size) }, WIDTH);
  return html`<div class="dw-mini-map" aria-hidden="true">
    ${regions.map((region) => {
      const { start, size, kind, filesystem } = region;
      const x = scale.xOf(start);
      const place = { left: `${(x / WIDTH) * 100}%`, width: `${((scale.xOf(start + size) - x) / WIDTH) * 100}%` };
      const family = kind === 'free' || kind === 'whole' ? 'dw-free' : `dw-fs dw-fs-${contentFamily(region)}`;
      const used = typeof filesystem?.used !== 'number' ? 0 : Math.min(100, (filesystem.used / size) * 100);
      return html`<div class="dw-mini-region ${family}" style=${styleMap(place)}>
        <div style=${styleMap({ width: `${used}%` })}></div>
      </div>`;
    })}
  </div>`;
}
