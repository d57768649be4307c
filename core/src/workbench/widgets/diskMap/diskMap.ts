import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { printable } from '../../../common/text/printable';
import { sizeText } from '../shared/sizeText';
import { LightElement } from '../lightElement';
import type { Disposable } from '../../api';
import { MapDrag } from './mapDrag';
import { mapLegend } from './mapLegend';
import type { DragResult, MapPlanner } from './mapPlanner';
import { regionView, type RegionChange } from './mapRegionView';
import { mapRuler } from './mapRuler';
import { around, panned, zoomed } from './mapWindow';
import { mapRegions, type MapRegion, type MapSource } from './regions';
import { mapScaleOf } from './mapScaleOf';
import { regionDetails } from './regionText';
import type { MapWindow } from './scale';
import './diskMap.css';
import './filesystems.css';

const ZOOM_STEP = 2;
let maps = 0;

/**
 * A device's layout drawn to scale, as a list box of its regions. Left and Right go through them, Enter opens, plus, minus and 0 zoom.
 *
 * Events, which bubble, all with `detail.region`: `region-select`; `region-open`; `region-context` with `x` and `y` of the page; and while `planner` is
 * set, `region-drag` with a {@link DragResult} at the end of a drag. `window-change` has the {@link MapWindow} as its detail.
 */
@customElement('dw-disk-map')
export class DiskMap extends LightElement {
  @property({ attribute: false }) source: MapSource | null = null;
  /** Id of a region. */
  @property() selected: string | null = null;
  @property() label = 'Disk map';
  /** Further regions that the scale leaves room for, so that two maps beside each other agree. */
  @property({ attribute: false }) scaleWith: readonly MapRegion[] = [];
  @property({ attribute: false }) changes: ReadonlyMap<string, RegionChange> = new Map();
  @property({ attribute: false }) planner: MapPlanner | null = null;
  /** The part of the device that is shown; null is all of it. */
  @property({ attribute: false }) window: MapWindow | null = null;
  /** Without legend, details and buttons. */
  @property({ type: Boolean }) bare = false;
  /** Lower, for what is only looked at beside another map. */
  @property({ type: Boolean, reflect: true }) slim = false;
  /** Takes the focus when its editor does. */
  @property({ type: Boolean }) primary = false;

  @state() private width = 0;
  @state() private hovered: string | null = null;
  @state() private drag: MapDrag | null = null;
  private regions: MapRegion[] = [];
  private scale = mapScaleOf([], { start: 0, end: 1 }, 0);
  private readonly idPrefix = `dw-map-${++maps}`;

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-disk-map');
    const observer = new ResizeObserver(([entry]) => (this.width = Math.floor(entry!.contentRect.width)));
    observer.observe(this);
    keep({ dispose: () => observer.disconnect() });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('source')) this.regions = this.source ? mapRegions(this.source) : [];
    // Inside of the track's border.
    this.scale = mapScaleOf([...this.regions, ...this.scaleWith], this.shown, this.width - 2);
  }

  /** Shows a region and its neighbourhood. */
  zoomTo(id: string): void {
    const region = this.regions.find((candidate) => candidate.id === id);
    if (region) this.show(around(region, this.size));
  }

  private get size(): number {
    return this.source?.layout.device.size ?? 0;
  }

  private get shown(): MapWindow {
    const { window, size } = this;
    return window && window.end <= size ? window : { start: 0, end: Math.max(size, 1) };
  }

  private get sectorSize(): number {
    return this.source?.layout.device.sectorSize ?? 512;
  }

  private show(window: MapWindow): void {
    const whole = window.start === 0 && window.end === this.size;
    this.window = whole ? null : window;
    this.dispatchEvent(new CustomEvent('window-change', { detail: this.window }));
  }

  private zoom(factor: number, anchor?: number): void {
    const region = this.regions.find(({ id }) => id === this.selected);
    const { start, end } = this.shown;
    const middle =
      region && region.start < end && region.start + region.size > start ? region.start + region.size / 2 : (start + end) / 2;
    this.show(zoomed(this.shown, factor, anchor ?? Math.round(middle), this.size));
  }

  protected override render(): TemplateResult {
    const visible = this.visibleRegions();
    const focused = this.regions.find(({ id }) => id === (this.hovered ?? this.selected)) ?? null;
    return html`
      <div
        class="dw-map-track ${this.planner ? 'dw-planning' : ''}"
        role="listbox"
        ?data-autofocus=${this.primary}
        tabindex="0"
        aria-label=${printable(this.label)}
        aria-orientation="horizontal"
        aria-activedescendant=${visible.some(({ id }) => id === this.selected) ? this.elementId(this.selected!) : nothing}
        @keydown=${this.onKey}
        @wheel=${{ handleEvent: this.onWheel, passive: false }}
        @pointerdown=${this.onPointerDown}
        @pointermove=${this.onPointerMove}
        @pointerup=${this.onPointerUp}
        @pointercancel=${() => (this.drag = null)}
        @pointerleave=${() => (this.hovered = null)}
        @dblclick=${(event: MouseEvent) => this.tell('region-open', this.regionOf(event))}
        @contextmenu=${this.onContextMenu}
      >
        ${repeat(visible, ({ id }) => id, this.regionTemplate)} ${this.ghost()}
      </div>
      ${mapRuler(visible, this.scale)} ${this.bare ? nothing : this.foot(visible, focused)}
    `;
  }

  private readonly regionTemplate = (region: MapRegion): TemplateResult =>
    regionView({
      elementId: this.elementId(region.id),
      region,
      scale: this.scale,
      sectorSize: this.sectorSize,
      selected: region.id === this.selected,
      hovered: region.id === this.hovered,
      change: this.changes.get(region.id),
      resizable: this.planner !== null && region.id === this.selected && region.kind === 'partition',
    });

  private foot(visible: readonly MapRegion[], focused: MapRegion | null): TemplateResult {
    const stretched = visible.some(({ start, size }) => this.scale.stretch(start, size) > 1.5);
    return html`
      <div class="dw-map-foot">
        <div class="dw-map-details">${this.detailsText(focused)}</div>
        <div class="dw-map-tools" role="group" aria-label="Zoom of the map">
          ${this.tool('zoom-out', 'Zoom out (−)', this.window === null, () => this.zoom(ZOOM_STEP))}
          ${this.tool('zoom-in', 'Zoom in (+, or Ctrl and the wheel)', false, () => this.zoom(1 / ZOOM_STEP))}
          ${this.tool('search', 'Zoom to the selected region (Z)', this.selected === null, () => this.zoomTo(this.selected!))}
          ${this.tool('screen-normal', 'Whole device (0)', this.window === null, () => this.show({ start: 0, end: this.size }))}
        </div>
      </div>
      ${mapLegend(this.regions, stretched)}
    `;
  }

  private detailsText(focused: MapRegion | null): string {
    const result = this.drag?.result;
    if (result) {
      const { kind, start, size, limit } = result;
      const words = { create: 'New partition', resize: 'Resize', move: 'Move' }[kind];
      return `${words}: ${sizeText(size)} at ${sizeText(start)}${limit ? ` · ${limit}` : ''}`;
    }
    return focused ? regionDetails(focused, this.sectorSize) : 'Point at the map, or go through it with the arrow keys.';
  }

  private tool(icon: string, title: string, disabled: boolean, run: () => void): TemplateResult {
    return html`<button class="dw-icon-button" title=${title} aria-label=${title} ?disabled=${disabled} @click=${run}>
      <i class="codicon codicon-${icon}" aria-hidden="true"></i>
    </button>`;
  }

  private ghost(): TemplateResult | typeof nothing {
    const result = this.drag?.result;
    if (!result) return nothing;
    const x = this.scale.xOf(result.start);
    const width = Math.max(4, this.scale.xOf(result.start + result.size) - x);
    return html`<div class="dw-map-ghost" role="presentation" style=${styleMap({ left: `${x}px`, width: `${width}px` })}></div>`;
  }

  /** What is drawn less than half a pixel wide is left to the table beside the map, and to zooming in. */
  private visibleRegions(): MapRegion[] {
    const { start, end } = this.shown;
    return this.regions.filter(
      (region) =>
        region.start < end &&
        region.start + region.size > start &&
        this.scale.xOf(region.start + region.size) - this.scale.xOf(region.start) >= 0.5,
    );
  }

  private elementId(region: string): string {
    return `${this.idPrefix}-${region}`;
  }

  private regionOf(event: Event): MapRegion | undefined {
    const id = (event.target as Element).closest<HTMLElement>('[data-region]')?.dataset['region'];
    return this.regions.find((region) => region.id === id);
  }

  private tell(type: string, region: MapRegion | undefined, detail: object = {}): void {
    if (region) this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: { region, ...detail } }));
  }

  private select(region: MapRegion | undefined): void {
    if (!region) return;
    this.selected = region.id;
    const { start, end } = this.shown;
    if (region.start >= end || region.start + region.size <= start) this.zoomTo(region.id);
    this.tell('region-select', region);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const index = this.regions.findIndex(({ id }) => id === this.selected);
    const current = this.regions[index];
    const actions: Record<string, () => void> = {
      ArrowRight: () => this.select(this.regions[Math.min(index + 1, this.regions.length - 1)]),
      ArrowLeft: () => this.select(this.regions[Math.max(index - 1, 0)]),
      Home: () => this.select(this.regions[0]),
      End: () => this.select(this.regions.at(-1)),
      PageDown: () => this.show(panned(this.shown, 0.5, this.size)),
      PageUp: () => this.show(panned(this.shown, -0.5, this.size)),
      Enter: () => this.tell('region-open', current),
      '+': () => this.zoom(1 / ZOOM_STEP),
      '=': () => this.zoom(1 / ZOOM_STEP),
      '-': () => this.zoom(ZOOM_STEP),
      '0': () => this.show({ start: 0, end: this.size }),
      z: () => current && this.zoomTo(current.id),
      Escape: () => (this.drag = null),
    };
    const action = actions[event.key];
    if (!action || (event.key === 'Escape' && !this.drag)) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  private readonly onWheel = (event: WheelEvent): void => {
    const along = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (event.ctrlKey) this.zoom(event.deltaY < 0 ? 1 / ZOOM_STEP : ZOOM_STEP, this.scale.offsetAt(this.pixelOf(event)));
    else if (along !== 0 && this.window) this.show(panned(this.shown, Math.sign(along) * 0.1, this.size));
    else return;
    event.preventDefault();
  };

  private pixelOf(event: MouseEvent): number {
    return event.clientX - this.querySelector('.dw-map-track')!.getBoundingClientRect().left - 1;
  }

  private onPointerDown(event: PointerEvent): void {
    const region = this.regionOf(event);
    if (!region || event.button !== 0) return;
    this.select(region);
    const { planner } = this;
    if (!planner || region.kind === 'table') return;
    const handle = (event.target as Element).closest('.dw-map-handle') !== null;
    const kind = handle ? 'resize' : region.kind === 'free' ? 'create' : 'move';
    this.drag = new MapDrag(planner, this.scale, region, kind, this.pixelOf(event));
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  }

  private onPointerMove(event: PointerEvent): void {
    this.hovered = this.regionOf(event)?.id ?? null;
    if (this.drag?.to(this.pixelOf(event))) this.requestUpdate();
  }

  private onPointerUp(): void {
    const result = this.drag?.result;
    this.drag = null;
    if (result) this.dispatchEvent(new CustomEvent<DragResult>('region-drag', { bubbles: true, detail: result }));
  }

  private onContextMenu(event: MouseEvent): void {
    // From the keyboard, the menu belongs to the selected region.
    const region = this.regionOf(event) ?? this.regions.find(({ id }) => id === this.selected);
    if (!region) return;
    event.preventDefault();
    if (region.id !== this.selected) this.select(region);
    const box = this.querySelector(`#${CSS.escape(this.elementId(region.id))}`)?.getBoundingClientRect();
    const fromKeys = event.clientX === 0 && event.clientY === 0;
    this.tell(
      'region-context',
      region,
      fromKeys && box ? { x: box.left + 8, y: box.bottom } : { x: event.clientX, y: event.clientY },
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'dw-disk-map': DiskMap;
  }
}
