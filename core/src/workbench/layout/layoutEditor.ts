import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import type { ContextValue, DeviceLayoutAnswer, Disposable, Workbench } from '../api';
import { type DeviceMenus, REGION_MENU } from '../devices/deviceMenus';
import { type DeviceTarget, targetKeys } from '../devices/deviceTarget';
import type { FindingsModel } from '../findings/findingsModel';
import '../widgets/diskMap/diskMap';
import { mapRegions, type MapRegion } from '../widgets/diskMap/regions';
import type { MapWindow } from '../widgets/diskMap/scale';
import { LightElement } from '../widgets/lightElement';
import { callout } from '../widgets/parts';
import { errorBlock } from '../widgets/shared/blocks';
import { PatientRead } from '../widgets/shared/patientRead';
import { cancelledBlock, waitingBlock, waitingCallout } from '../widgets/shared/waiting';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { deviceHeader } from './deviceHeader';
import './layoutEditor.css';
import { layoutFindings } from './layoutFindings';
import { layoutTable } from './layoutTable';
import { layoutToolbar } from './layoutToolbar';
import type { PlannedResult } from './planning/applyChanges';
import { PlanningPart } from './planning/planningPart';
import { PlanningSession } from './planning/planningSession';
import type { PlanningStore } from './planning/planningStore';
import { regionActions } from './regionActions';
import { regionDetailsPanel } from './regionDetails';
import { structureList } from './structureList';
import { StructurePages } from './structurePages';

/** What an editor keeps for the next session. */
interface SavedState {
  selected?: string | null;
  window?: MapWindow | null;
  planning?: boolean;
}
type Loaded = { device: OpenedDevice; answer: DeviceLayoutAnswer };

/** A device's layout: its map, the same as a table, the selected region in full, findings, and planning of its partitions. */
@customElement('dw-layout-editor')
export class LayoutEditor extends LightElement {
  @state() selected: string | null = null;
  @state() private window: MapWindow | null = null;
  @state() private planning = false;
  @state() private filter = '';
  /** What was read last; stays while it is read again. */
  private loaded: Loaded | null = null;
  private planningPart: PlanningPart | null = null;
  private readonly read: PatientRead<Loaded>;
  private readonly structures: StructurePages;

  constructor(
    private readonly workbench: Workbench,
    private readonly shared: { findings: FindingsModel; store: PlanningStore; menus: DeviceMenus },
    private readonly path: string,
    saved: unknown,
  ) {
    super();
    const { selected = null, window = null, planning = false } = (saved ?? {}) as SavedState;
    this.selected = selected;
    this.window = window;
    this.planning = planning;
    this.structures = new StructurePages(workbench, path, () => this.requestUpdate());
    this.read = new PatientRead(
      async (signal) => ({
        device: await workbench.devices.open(path, undefined, signal),
        answer: await workbench.devices.layout(path, signal),
      }),
      () => this.onRead(),
    );
  }

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-layout-editor', 'dw-tool-page');
    const { devices, context, host } = this.workbench;
    const update = (): void => this.requestUpdate();
    keep(devices.onDidChangeContent((path) => path === this.path && void this.read.start()));
    keep(devices.onDidChange(update));
    keep(this.shared.findings.onDidChange(update));
    keep(this.shared.store.onDidChange(update));
    keep(commandCatalogue(host).onDidChange(update));
    keep(context.bind(this, () => this.contextKeys()));
    if (!this.loaded) void this.read.start();
  }

  reveal(params: unknown): void {
    const { partition } = (params ?? {}) as { partition?: number };
    if (partition !== undefined) this.selected = partition === 0 ? 'volume' : `p${partition}`;
  }

  saveState(): SavedState {
    return { selected: this.selected, window: this.window, planning: this.planning };
  }

  dispose(): void {
    this.read.dispose();
    this.planningPart?.dispose();
    this.structures.dispose();
  }

  select(id: string | null): void {
    this.selected = id;
  }

  focusForm(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.dw-planning-form input')?.focus());
  }

  private onRead(): void {
    const { state } = this.read;
    if (state.kind === 'known') {
      const isFirst = this.loaded === null;
      this.loaded = state.value;
      const { answer } = state.value;
      this.planningPart?.dispose();
      this.planningPart = new PlanningPart(
        this.workbench,
        new PlanningSession(this.workbench, this.shared.store, this.path, answer),
        this,
      );
      this.structures.reset();
      this.shared.findings.setLayout(this.path, answer.layout.findings);
      if (isFirst) void this.takeFocus();
    }
    this.requestUpdate();
  }

  /** The pane was given the focus before there was anything in it that could take it. */
  private async takeFocus(): Promise<void> {
    if (!this.parentElement || this.parentElement !== document.activeElement) return;
    await this.updateComplete;
    await this.querySelector('dw-disk-map')?.updateComplete;
    this.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('selected')) return;
    this.querySelector('.dw-layout-table [aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    this.querySelector('.dw-region-panel')?.scrollTo(0, 0);
  }

  protected override render(): TemplateResult {
    return html`<div class="dw-tool-frame dw-layout-frame">${this.instead() ?? this.content(this.loaded!)}</div>`;
  }

  /** What stands in place of the layout as long as none is known, or no longer. */
  private instead(): unknown {
    const { state } = this.read;
    const { commands, devices } = this.workbench;
    const label = devices.label(this.path);
    const again = (): void => devices.refresh(this.path);
    if (state.kind === 'failed') {
      const isOpened = devices.list?.opened.some(({ path }) => path === this.path) ?? false;
      const retry = { label: 'Try Again', primary: true, run: again };
      const forget = { label: 'Forget It', run: () => commands.run('devices.forget', { path: this.path }) };
      return errorBlock(`${label} cannot be shown`, state.error, isOpened ? [retry, forget] : [retry]);
    }
    if (this.loaded) return null;
    if (state.kind === 'cancelled') return cancelledBlock(label, () => void this.read.start());
    return state.kind === 'waiting' ? waitingBlock(label, () => this.read.cancel()) : nothing;
  }

  private content({ device, answer }: Loaded): TemplateResult {
    const { layout } = answer;
    const part = this.planning ? this.planningPart : null;
    const planned = part?.result() ?? null;
    const regions = part && planned ? part.regions(planned) : mapRegions(answer);
    const region = regions.find(({ id }) => id === this.selected) ?? null;
    const place = { path: this.path, sectorSize: device.sectorSize };
    return html`
      <div class="dw-layout-head">
        ${deviceHeader(this.workbench, device, layout)}
        ${layoutToolbar(this.workbench, {
          path: this.path,
          planning: this.planning,
          planned: this.shared.store.get(this.path).length,
          togglePlanning: () => (this.planning = !this.planning),
        })}
        ${this.notices(answer)}
      </div>
      <div
        class="dw-layout-map"
        @region-select=${({ detail }: CustomEvent<{ region: MapRegion }>) => this.select(detail.region.id)}
        @region-open=${({ detail }: CustomEvent<{ region: MapRegion }>) => this.openRegion(detail.region)}
        @region-context=${({ detail }: CustomEvent<{ region: MapRegion; x: number; y: number }>) => this.showContext(detail.region, detail)}
      >
        ${part && planned ? part.map(answer, planned) : this.map(answer)}
      </div>
      <div class="dw-layout-body">
        <div class="dw-layout-main">
          ${part && planned ? part.panel(planned) : nothing}
          <div class="dw-layout-rows">
            ${layoutTable({
              regions,
              sectorSize: device.sectorSize,
              selected: this.selected,
              label: `${planned ? 'Planned layout' : 'Layout'} of ${this.workbench.devices.label(this.path)}`,
              filter: this.filter,
              setFilter: (text) => (this.filter = text),
              select: ({ id }) => this.select(id),
              open: (chosen) => this.openRegion(chosen),
              context: (chosen, at) => this.showContext(chosen, at),
            })}
            ${planned ? nothing : layoutFindings(this.workbench, this.shared.findings, this.path)}
          </div>
        </div>
        ${regionDetailsPanel(region, layout, region && !planned ? regionActions(this.workbench, place, region) : [], this.extra(region, planned))}
      </div>
    `;
  }

  private notices({ layout }: DeviceLayoutAnswer): unknown {
    const { kind } = this.read.state;
    const waiting = waitingCallout(this.workbench.devices.label(this.path), () => this.read.cancel());
    const isEmpty = layout.table.type === 'none' && !layout.volume && !layout.container && !this.planning;
    const nothingRecognised = callout(
      'info',
      'Neither a partition table nor a filesystem is recognised on it. Look at its sectors, make it the target of a clone, or plan a partition table for it.',
    );
    return html`${kind === 'waiting' ? waiting : nothing} ${isEmpty ? nothingRecognised : nothing}`;
  }

  private map(answer: DeviceLayoutAnswer): TemplateResult {
    return html`<dw-disk-map
      primary
      .label=${`Map of ${this.workbench.devices.label(this.path)}`}
      .source=${answer}
      .selected=${this.selected}
      .window=${this.window}
      @window-change=${(event: CustomEvent<MapWindow | null>) => (this.window = event.detail)}
    ></dw-disk-map>`;
  }

  private extra(region: MapRegion | null, planned: PlannedResult | null): { before?: unknown; after?: unknown } {
    if (planned) return { before: this.planningPart!.form(region, planned) };
    if (!region || region.kind === 'free' || region.kind === 'whole' || region.partition?.role === 'extended') return {};
    const scope = region.kind === 'table' ? null : (region.partition?.number ?? 0);
    const open = (range: ByteRange): void =>
      void this.workbench.commands.run('devices.openSectors', { path: this.path, ...range });
    return { after: structureList(this.structures, scope, open) };
  }

  private openRegion(region: MapRegion): void {
    if (this.planning) return this.focusForm();
    const place = { offset: region.start, length: this.loaded!.device.sectorSize };
    void this.workbench.commands.run('devices.openSectors', { path: this.path, ...place });
  }

  private showContext({ kind, partition, filesystem, start, size }: MapRegion, at: { x: number; y: number }): void {
    const isVolume = isVolumeRegion({ kind, partition });
    const target = { path: this.path, offset: start, length: size, ...(isVolume && { partition: partition?.number ?? 0 }) };
    this.shared.menus.show(REGION_MENU, at, target, { regionKind: kind, isVolume, filesystem: filesystem?.type });
  }

  /** For commands without arguments: the selected region, as it is on the device. */
  private contextKeys(): Record<string, ContextValue> {
    const regions = this.loaded && !this.planning ? mapRegions(this.loaded.answer) : [];
    const region = regions.find(({ id }) => id === this.selected);
    if (!region) return targetKeys({ path: this.path });
    const isVolume = isVolumeRegion(region);
    const place: DeviceTarget = isVolume
      ? { path: this.path, partition: region.partition?.number ?? 0 }
      : { path: this.path, offset: region.start, length: this.loaded!.device.sectorSize };
    return { ...targetKeys(place), isVolume, filesystem: region.filesystem?.type };
  }
}

const isVolumeRegion = ({ kind, partition }: Pick<MapRegion, 'kind' | 'partition'>): boolean =>
  kind === 'volume' || (partition !== null && partition.role !== 'extended');

declare global {
  interface HTMLElementTagNameMap {
    'dw-layout-editor': LayoutEditor;
  }
}
