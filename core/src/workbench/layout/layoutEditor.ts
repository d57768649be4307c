import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import type { DeviceLayoutAnswer, Disposable, Workbench } from '../api';
import { type DeviceMenus, REGION_MENU } from '../devices/deviceMenus';
import type { FindingsModel } from '../findings/findingsModel';
import { findingItem } from '../results/findingItem';
import '../widgets/diskMap/diskMap';
import type { DragResult } from '../widgets/diskMap/mapPlanner';
import { mapRegions, type MapRegion } from '../widgets/diskMap/regions';
import type { MapWindow } from '../widgets/diskMap/scale';
import { LightElement } from '../widgets/lightElement';
import { callout, icon } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { placedCommands } from '../wizards/placedCommands';
import { whyMissing } from '../wizards/whyMissing';
import './compare/layoutCompare';
import { deviceHeader } from './deviceHeader';
import './layoutEditor.css';
import { layoutTable } from './layoutTable';
import type { PlannedResult } from './planning/applyChanges';
import type { PlannedOperation } from './planning/changes';
import { LayoutPlanner } from './planning/layoutPlanner';
import { planningPanel, regionForm } from './planning/planningPanel';
import { PLANNING_COMMAND, PlanningSession } from './planning/planningSession';
import type { PlanningStore } from './planning/planningStore';
import { regionActions } from './regionActions';
import { regionDetailsPanel } from './regionDetails';
import { structureList } from './structureList';
import { StructurePages } from './structurePages';

/** How long reading a layout may take before it is said that it is waited for. */
const PATIENCE_MILLISECONDS = 400;

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
  @state() private loaded: Loaded | null = null;
  @state() private error: unknown = null;
  @state() private waiting = false;
  @state() private selected: string | null = null;
  @state() private window: MapWindow | null = null;
  @state() private planning = false;
  @state() private busy = false;
  private session: PlanningSession | null = null;
  private structures: StructurePages;
  private readonly ending = new AbortController();
  private generation = 0;

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
  }

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-layout-editor');
    const { devices } = this.workbench;
    keep(devices.onDidChangeContent((path) => path === this.path && void this.load()));
    keep(devices.onDidChange(() => this.requestUpdate()));
    keep(this.shared.findings.onDidChange(() => this.requestUpdate()));
    keep(this.shared.store.onDidChange(() => this.requestUpdate()));
    keep(commandCatalogue(this.workbench.host).onDidChange(() => this.requestUpdate()));
    if (!this.loaded) void this.load();
  }

  reveal(params: unknown): void {
    const { partition } = (params ?? {}) as { partition?: number };
    if (partition !== undefined) this.selected = partition === 0 ? 'volume' : `p${partition}`;
  }

  saveState(): SavedState {
    return { selected: this.selected, window: this.window, planning: this.planning };
  }

  dispose(): void {
    this.ending.abort();
    this.structures.dispose();
  }

  private async load(): Promise<void> {
    const generation = ++this.generation;
    this.error = null;
    const timer = setTimeout(() => (this.waiting = true), PATIENCE_MILLISECONDS);
    try {
      const device = await this.workbench.devices.open(this.path);
      const answer = await this.workbench.devices.layout(this.path);
      if (generation !== this.generation || this.ending.signal.aborted) return;
      const isFirst = this.loaded === null;
      this.loaded = { device, answer };
      this.session = new PlanningSession(this.workbench, this.shared.store, this.path, answer);
      this.structures.reset();
      this.shared.findings.setLayout(this.path, answer.layout.findings);
      if (isFirst) void this.takeFocus();
    } catch (error) {
      if (generation === this.generation) this.error = error;
    } finally {
      clearTimeout(timer);
      if (generation === this.generation) this.waiting = false;
    }
  }

  /** The pane was given the focus before there was anything in it that could take it. */
  private async takeFocus(): Promise<void> {
    if (!this.parentElement || this.parentElement !== document.activeElement) return;
    await this.updateComplete;
    await this.querySelector('dw-disk-map')?.updateComplete;
    this.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }

  protected override render(): TemplateResult {
    if (this.error !== null) {
      const { commands, devices } = this.workbench;
      const isOpened = devices.list?.opened.some(({ path }) => path === this.path) ?? false;
      const retry = { label: 'Try Again', primary: true, run: () => devices.refresh(this.path) };
      const forget = { label: 'Forget It', run: () => commands.run('devices.forget', { path: this.path }) };
      return html`<div class="dw-layout-scroll">
        ${errorBlock(`${this.workbench.devices.label(this.path)} cannot be shown`, this.error, isOpened ? [retry, forget] : [retry])}
      </div>`;
    }
    if (!this.loaded) {
      return html`<div class="dw-layout-scroll" role="status">
        ${this.waiting ? emptyBlock(`Waiting for ${this.workbench.devices.label(this.path)}`, 'It has not answered yet. Everything else can be used meanwhile.') : nothing}
      </div>`;
    }
    const { device, answer } = this.loaded;
    const planned = this.planning && this.session ? this.session.result() : null;
    const regions = planned ? this.plannedRegions(planned) : mapRegions(answer);
    const region = regions.find(({ id }) => id === this.selected) ?? null;
    return html`<div class="dw-layout-scroll">
      ${deviceHeader(this.workbench, device, answer.layout)} ${this.toolbar()} ${this.nothingRecognised(answer)}
      <div class="dw-layout-map">${planned ? this.plannedMap(answer, planned) : this.map(answer)}</div>
      ${planned ? this.planningPanel(planned) : nothing}
      <div class="dw-layout-columns">
        ${layoutTable({
          regions,
          sectorSize: device.sectorSize,
          selected: this.selected,
          label: `${planned ? 'Planned layout' : 'Layout'} of ${this.workbench.devices.label(this.path)}`,
          select: ({ id }) => (this.selected = id),
          open: (chosen) => this.openRegion(chosen),
          context: (chosen, at) => this.showContext(chosen, at),
        })}
        ${regionDetailsPanel(region, answer.layout, region ? regionActions(this.workbench, { path: this.path, sectorSize: device.sectorSize }, region, planned) : [], this.extra(region, planned))}
      </div>
      ${planned ? nothing : this.findingsSection()}
    </div>`;
  }

  private toolbar(): TemplateResult {
    const { commands, host } = this.workbench;
    const catalogue = commandCatalogue(host);
    const target = { path: this.path };
    const button = (label: string, name: string, command: string, args: object = target): TemplateResult =>
      html`<button type="button" class="dw-button" @click=${() => commands.run(command, args)}>${icon(name)}${label}</button>`;
    const unplannable = whyMissing(catalogue, PLANNING_COMMAND);
    const count = this.shared.store.get(this.path).length;
    return html`<div class="dw-actions dw-layout-toolbar">
      <button
        type="button"
        class="dw-button ${this.planning ? 'dw-primary' : ''}"
        aria-pressed=${this.planning}
        ?disabled=${unplannable !== null && !this.planning}
        aria-describedby=${unplannable === null ? nothing : 'dw-unplannable'}
        @click=${this.togglePlanning}
      >
        ${icon('edit')}Plan changes${!this.planning && count > 0 ? ` (${count} planned)` : ''}
      </button>
      ${button('Sectors', 'file-binary', 'devices.openSectors')}
      ${placedCommands(catalogue, { ...target, place: 'device' }).map(({ command, title, icon: name, args }) => button(title, name, command, args))}
      <button type="button" class="dw-button" @click=${() => this.workbench.devices.refresh(this.path)}>
        ${icon('refresh')}Read again
      </button>
      ${unplannable === null ? nothing : html`<span id="dw-unplannable" class="dw-muted">Partitions cannot be planned. ${unplannable}</span>`}
    </div>`;
  }

  private readonly togglePlanning = (): void => {
    this.planning = !this.planning;
  };

  private nothingRecognised({ layout }: DeviceLayoutAnswer): TemplateResult | typeof nothing {
    if (layout.table.type !== 'none' || layout.volume || this.planning) return nothing;
    return callout(
      'info',
      'Neither a partition table nor a filesystem is recognised on it. Look at its sectors, make it the target of a clone, or plan a partition table for it.',
    );
  }

  private map(answer: DeviceLayoutAnswer): TemplateResult {
    return html`<dw-disk-map
      primary
      .label=${`Map of ${this.workbench.devices.label(this.path)}`}
      .source=${answer}
      .selected=${this.selected}
      .window=${this.window}
      @region-select=${this.onSelect}
      @region-open=${this.onOpen}
      @region-context=${this.onContext}
      @window-change=${(event: CustomEvent<MapWindow | null>) => (this.window = event.detail)}
    ></dw-disk-map>`;
  }

  private plannedMap({ layout, structures, usable }: DeviceLayoutAnswer, { after }: PlannedResult): TemplateResult {
    return html`<dw-layout-compare
      .layoutBefore=${layout}
      .layoutAfter=${after}
      .structures=${structures}
      .usable=${usable}
      .tableAfter=${this.session!.base}
      .selected=${this.selected}
      .planner=${new LayoutPlanner(this.session!.base, after.partitions)}
      @region-select=${this.onSelect}
      @region-open=${this.onOpen}
      @region-context=${this.onContext}
      @region-drag=${this.onDrag}
    ></dw-layout-compare>`;
  }

  private planningPanel(result: PlannedResult): TemplateResult {
    const session = this.session!;
    return planningPanel({
      base: session.base,
      operations: session.operations,
      result,
      refusal: session.refusal,
      busy: this.busy,
      possible: whyMissing(commandCatalogue(this.workbench.host), PLANNING_COMMAND) === null,
      edit: (operation) => this.editOperation(operation, result),
      takeBack: (id) => session.takeBack(id),
      takeAllBack: () => session.takeAllBack(),
      initialize: (table) => session.initialize(table),
      review: () => void this.review(),
    });
  }

  private async review(): Promise<void> {
    this.busy = true;
    await this.session!.review(this.ending.signal);
    this.busy = false;
  }

  /** The form of what an operation is about takes it up again; one that does not hold has no place on the map. */
  private editOperation({ id, change }: PlannedOperation, { sources }: PlannedResult): void {
    const source = [...sources].find(([, { origin, operation }]) =>
      'number' in change ? origin === change.number : operation === id,
    );
    if (source) this.selected = `p${source[0]}`;
    else
      this.workbench.notifications.info('This operation does not hold now', {
        detail: 'Take it back and plan it anew, or take back what stands against it.',
      });
    this.focusForm();
  }

  private focusForm(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.dw-planning-form input')?.focus());
  }

  private extra(region: MapRegion | null, planned: PlannedResult | null): { before?: unknown; after?: unknown } {
    if (planned && this.session) return { before: this.planningForm(this.session, region, planned) };
    if (!region || region.kind === 'free' || region.kind === 'whole' || region.partition?.role === 'extended') return {};
    const scope = region.kind === 'table' ? null : (region.partition?.number ?? 0);
    const open = (range: ByteRange): void =>
      void this.workbench.commands.run('devices.openSectors', { path: this.path, ...range });
    return { after: structureList(this.structures, scope, open) };
  }

  private planningForm(session: PlanningSession, region: MapRegion | null, result: PlannedResult): unknown {
    return regionForm({ base: session.base, result }, region, {
      problemOf: (values) => session.problemOf(region!.partition, values),
      submit: (values) => {
        session.submit(region!.partition, values);
        this.selectAt(values.start);
      },
      remove: () => {
        const { start } = region!;
        session.remove(region!.partition!);
        this.selectAt(start);
      },
    });
  }

  private plannedRegions({ after }: PlannedResult): MapRegion[] {
    return mapRegions({ ...this.session!.base, layout: after });
  }

  /** Selects what is planned for a place: after a change, numbers may mean other partitions. */
  private selectAt(offset: number): void {
    const regions = this.plannedRegions(this.session!.result());
    const made = regions.find(({ start, partition }) => partition !== null && start === offset);
    const holder = regions.findLast(({ start, size }) => offset >= start && offset < start + size);
    this.selected = (made ?? holder)?.id ?? null;
  }

  private findingsSection(): TemplateResult {
    const { items } = this.shared.findings.of(this.path);
    return html`<section class="dw-layout-findings" aria-label="Findings">
      <h2>Findings</h2>
      ${
        items.length === 0
          ? html`<p class="dw-muted">
              Reading the layout found nothing wrong. Select a volume and choose Check Volume to look closer.
            </p>`
          : html`<ul>
              ${items.map(
                ({ finding }) =>
                  html`<li>
                    ${findingItem(finding, ({ offset, length }) => void this.workbench.commands.run('devices.openSectors', { path: this.path, offset, length }))}
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  private readonly onSelect = ({ detail }: CustomEvent<{ region: MapRegion }>): void => {
    this.selected = detail.region.id;
  };

  private readonly onDrag = ({ detail }: CustomEvent<DragResult>): void => {
    this.session!.dragged(detail);
    this.selectAt(detail.start);
  };

  private readonly onOpen = ({ detail }: CustomEvent<{ region: MapRegion }>): void => this.openRegion(detail.region);

  private readonly onContext = ({ detail }: CustomEvent<{ region: MapRegion; x: number; y: number }>): void =>
    this.showContext(detail.region, detail);

  private openRegion(region: MapRegion): void {
    if (this.planning) return this.focusForm();
    void this.workbench.commands.run('devices.openSectors', {
      path: this.path,
      offset: region.start,
      length: this.loaded!.device.sectorSize,
    });
  }

  private showContext({ kind, partition, filesystem, start, size }: MapRegion, at: { x: number; y: number }): void {
    const isVolume = kind === 'volume' || (partition !== null && partition.role !== 'extended');
    const target = { path: this.path, offset: start, length: size, ...(isVolume && { partition: partition?.number ?? 0 }) };
    this.shared.menus.show(REGION_MENU, at, target, { regionKind: kind, isVolume, filesystem: filesystem?.type });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'dw-layout-editor': LayoutEditor;
  }
}
