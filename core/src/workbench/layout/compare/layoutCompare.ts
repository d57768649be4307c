import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Disposable } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import '../../widgets/diskMap/diskMap';
import type { MapPlanner } from '../../widgets/diskMap/mapPlanner';
import type { RegionChange } from '../../widgets/diskMap/mapRegionView';
import { mapRegions, type MapRegion, type MapSource, type TableStructure } from '../../widgets/diskMap/regions';
import { mapScaleOf } from '../../widgets/diskMap/mapScaleOf';
import type { MapWindow } from '../../widgets/diskMap/scale';
import { layoutDifferences, type LayoutDifference } from './layoutDifferences';
import './layoutCompare.css';

const ICONS: Record<LayoutDifference['kind'], string> = {
  appears: 'add',
  vanishes: 'trash',
  moves: 'arrow-both',
  grows: 'arrow-right',
  shrinks: 'arrow-left',
  changes: 'edit',
};

/** A device's layout before and after, one above the other at one scale, with what becomes of each partition between and below. */
@customElement('dw-layout-compare')
export class LayoutCompare extends LightElement {
  /** Null when nothing was there, or it is not known. */
  @property({ attribute: false }) layoutBefore: DeviceLayout | null = null;
  @property({ attribute: false }) layoutAfter: DeviceLayout | null = null;
  /** Where the tables lie, when that is known. */
  @property({ attribute: false }) structures: readonly TableStructure[] = [];
  @property({ attribute: false }) usable: MapSource['usable'] = null;
  /** The same of the table afterwards, when a new one is written. */
  @property({ attribute: false }) tableAfter: Omit<MapSource, 'layout'> | null = null;
  /** Without the list of differences. */
  @property({ type: Boolean, attribute: 'maps-only' }) mapsOnly = false;
  /** Without the map before: nothing differs. */
  @property({ type: Boolean, attribute: 'after-only' }) afterOnly = false;
  /** Id of a region of the map after. Its events are the {@link DiskMap}'s. */
  @property() selected: string | null = null;
  /** While the map after can be changed by dragging. */
  @property({ attribute: false }) planner: MapPlanner | null = null;
  @state() private width = 0;
  @state() private selectedBefore: string | null = null;
  @state() private window: MapWindow | null = null;

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-layout-compare');
    const observer = new ResizeObserver(([entry]) => (this.width = Math.floor(entry!.contentRect.width)));
    observer.observe(this);
    keep({ dispose: () => observer.disconnect() });
  }

  protected override render(): TemplateResult {
    const differences = layoutDifferences(this.layoutBefore, this.layoutAfter);
    const regionsBefore = this.regionsOf('before', this.layoutBefore);
    const regionsAfter = this.regionsOf('after', this.layoutAfter);
    return html`
      ${this.afterOnly ? nothing : this.map('before', this.layoutBefore, regionsAfter, changesOf(differences, 'before'))}
      ${this.layoutBefore && this.layoutAfter && !this.afterOnly ? this.links(differences, [...regionsBefore, ...regionsAfter]) : nothing}
      ${this.map('after', this.layoutAfter, regionsBefore, changesOf(differences, 'after'))}
      ${this.mapsOnly ? nothing : differenceList(differences)}
    `;
  }

  private regionsOf(side: 'before' | 'after', layout: DeviceLayout | null): MapRegion[] {
    return layout ? mapRegions(this.sourceOf(side, layout)) : [];
  }

  private sourceOf(side: 'before' | 'after', layout: DeviceLayout): MapSource {
    const { structures, usable } = (side === 'after' ? this.tableAfter : null) ?? this;
    return { layout, structures, usable };
  }

  private map(
    side: 'before' | 'after',
    layout: DeviceLayout | null,
    other: readonly MapRegion[],
    changes: ReadonlyMap<string, RegionChange>,
  ): TemplateResult {
    const title = side === 'before' ? 'Before' : 'After';
    if (!layout) return html`<p class="dw-muted">${title}: no layout is known.</p>`;
    const isActive = side === 'after';
    return html`<div class="dw-compare-title">${title}</div>
      <dw-disk-map
        ?bare=${!isActive || this.planner === null}
        ?slim=${!isActive && this.planner !== null}
        .label=${`${title}: layout of ${layout.device.path}`}
        ?primary=${isActive && this.planner !== null}
        .source=${this.sourceOf(side, layout)}
        .scaleWith=${sameSize(this.layoutBefore, this.layoutAfter) ? other : []}
        .changes=${changes}
        .window=${this.window}
        .selected=${isActive ? this.selected : this.selectedBefore}
        .planner=${isActive ? this.planner : null}
        @region-select=${isActive ? nothing : this.selectBefore}
        @window-change=${(event: CustomEvent<MapWindow | null>) => (this.window = event.detail)}
      ></dw-disk-map>`;
  }

  private readonly selectBefore = (event: CustomEvent<{ region: MapRegion }>): void => {
    event.stopPropagation();
    this.selectedBefore = event.detail.region.id;
  };

  /** Bands from where a partition is to where it will be. */
  private links(differences: readonly LayoutDifference[], regions: readonly MapRegion[]): TemplateResult | typeof nothing {
    if (this.width === 0 || !sameSize(this.layoutBefore, this.layoutAfter)) return nothing;
    const scale = mapScaleOf(regions, this.window ?? { start: 0, end: this.layoutBefore!.device.size }, this.width - 2);
    const bands = differences.filter(({ kind, before, after }) => before && after && kind !== 'changes');
    return html`<svg class="dw-compare-links" viewBox="0 0 ${this.width} 28" preserveAspectRatio="none" aria-hidden="true">
      ${bands.map(({ before, after }) => {
        const [a, b, c, d] = [before!.start, before!.start + before!.size, after!.start + after!.size, after!.start].map(
          (offset) => scale.xOf(offset) + 1,
        );
        return svg`<polygon points="${a},0 ${b},0 ${c},28 ${d},28"></polygon>`;
      })}
    </svg>`;
  }
}

/** On devices of different size one scale would tell lies. */
function sameSize(before: DeviceLayout | null, after: DeviceLayout | null): boolean {
  return before?.device.size === after?.device.size;
}

function changesOf(differences: readonly LayoutDifference[], side: 'before' | 'after'): ReadonlyMap<string, RegionChange> {
  const entries = differences.flatMap(({ before, after, ...difference }): [string, RegionChange][] => {
    const partition = side === 'before' ? before : after;
    if (!partition) return [];
    const change = difference.kind === 'vanishes' ? 'gone' : difference.kind === 'appears' ? 'new' : 'changed';
    return [[`p${partition.number}`, change]];
  });
  return new Map(entries);
}

function differenceList(differences: readonly LayoutDifference[]): TemplateResult {
  if (differences.length === 0) return html`<p class="dw-muted">No partition appears, vanishes, moves or changes its size.</p>`;
  return html`<ul class="dw-compare-list" aria-label="What changes">
    ${differences.map(
      ({ kind, text }) =>
        html`<li class="dw-difference-${kind}"><i class="codicon codicon-${ICONS[kind]}" aria-hidden="true"></i>${text}</li>`,
    )}
  </ul>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'dw-layout-compare': LayoutCompare;
  }
}
