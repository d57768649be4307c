import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { printableLines } from '../../common/text/printable';
import type { DeviceLayoutAnswer, Disposable, Workbench } from '../api';
import type { FindingsModel } from '../findings/findingsModel';
import { StructurePages } from '../layout/structurePages';
import { LightElement } from '../widgets/lightElement';
import { icon } from '../widgets/parts';
import { emptyBlock } from '../widgets/shared/blocks';
import { PatientRead, type ReadState } from '../widgets/shared/patientRead';
import { buildTree } from './buildTree';
import { deviceBadges } from './deviceBadges';
import { DEVICE_MENU, type DeviceMenus } from './deviceMenus';
import { targetKeys } from './deviceTarget';
import './devicesView.css';
import { isAction, type TreeNode } from './treeNode';

const INDENT = 14;
/** Keys that follow each other this fast look for one word. */
const TYPING_MILLISECONDS = 800;
const STATE_KEY = 'devices-tree';

/** Disks, images, exports and overlays, their partitions and structures, as they are now. */
@customElement('dw-devices-view')
export class DevicesView extends LightElement {
  @state() private focusedId: string | null = null;
  private rows: TreeNode[] = [];
  private expanded = new Set<string>(['disks', 'opened', 'overlays']);
  private readonly layouts = new Map<string, PatientRead<DeviceLayoutAnswer>>();
  private readonly pages = new Map<string, StructurePages>();
  private typed = { text: '', at: 0 };

  constructor(
    private readonly workbench: Workbench,
    private readonly menus: DeviceMenus,
    private readonly findings: FindingsModel,
  ) {
    super();
    void this.restore();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-devices-view');
    const { devices, context } = this.workbench;
    keep(devices.onDidChange(() => this.requestUpdate()));
    keep(
      devices.onDidChangeContent((path) => {
        this.forget(path);
        this.pages.get(path)?.reset();
        this.requestUpdate();
      }),
    );
    keep(
      context.bind(this, () => ({
        devicesFocus: true,
        ...this.focusedRow?.keys,
        ...targetKeys(this.focusedRow?.target ?? null),
      })),
    );
  }

  dispose(): void {
    for (const read of this.layouts.values()) read.dispose();
    for (const pages of this.pages.values()) pages.dispose();
  }

  /** What commands by key are about. */
  get focusedRow(): TreeNode | undefined {
    return this.rows.find(({ id }) => id === this.focusedId);
  }

  private async restore(): Promise<void> {
    const saved = await this.workbench.state.read<string[]>(STATE_KEY);
    if (saved) this.expanded = new Set(saved);
    this.requestUpdate();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { devices } = this.workbench;
    const index = this.rows.findIndex(({ id }) => id === this.focusedId);
    this.rows = devices.list
      ? buildTree({
          list: devices.list,
          label: (path) => devices.label(path),
          isExpanded: (id) => this.expanded.has(id),
          layout: (path) => this.layoutOf(path),
          structures: (path, scope) => this.structuresOf(path, scope),
        })
      : [];
    // What takes the place of a row that is gone, as a device that is forgotten.
    if (!this.rows.some(({ id }) => id === this.focusedId))
      this.focusedId = this.rows[Math.min(Math.max(index, 0), this.rows.length - 1)]?.id ?? null;
  }

  private layoutOf(path: string): ReadState<DeviceLayoutAnswer> {
    const { devices } = this.workbench;
    let read = this.layouts.get(path);
    if (!read) {
      const made = new PatientRead(
        (signal) => devices.layout(path, signal),
        () => {
          if (made.state.kind === 'known') this.findings.setLayout(path, made.state.value.layout.findings);
          this.requestUpdate();
        },
      );
      this.layouts.set(path, (read = made));
      void made.start();
    }
    return read.state;
  }

  private forget(path: string): void {
    this.layouts.get(path)?.dispose();
    this.layouts.delete(path);
  }

  private structuresOf(path: string, scope: number | null): ReturnType<StructurePages['get']> {
    const pages = this.pages.get(path) ?? new StructurePages(this.workbench, path, () => this.requestUpdate());
    this.pages.set(path, pages);
    const loaded = pages.get(scope);
    if (!loaded) queueMicrotask(() => void pages.more(scope));
    return loaded;
  }

  protected override render(): TemplateResult {
    const { list } = this.workbench.devices;
    if (!list) return emptyBlock('Looking for devices', 'Disks and images are listed here once the host has answered.');
    const { commands } = this.workbench;
    return html`
      <div class="dw-devices-bar">
        <button class="dw-button" @click=${() => commands.run('devices.openFile')}>${icon('folder-opened')}Open image…</button>
        <button
          class="dw-icon-button"
          title="Open by Name or NBD URI…"
          aria-label="Open by name or NBD URI"
          @click=${() => commands.run('devices.openByName')}
        >
          ${icon('link')}
        </button>
        <button
          class="dw-icon-button"
          title="Refresh (F5)"
          aria-label="Refresh devices"
          @click=${() => commands.run('devices.refresh')}
        >
          ${icon('refresh')}
        </button>
      </div>
      <div class="dw-tree" role="tree" aria-label="Devices" @keydown=${this.onKey} @contextmenu=${this.onContextMenu}>
        ${repeat(
          this.rows,
          ({ id }) => id,
          (row) => this.row(row),
        )}
      </div>
    `;
  }

  private row(row: TreeNode): TemplateResult {
    const { id, level, kind, label, description, expanded, badges } = row;
    return html`<div
      role="treeitem"
      data-id=${id}
      class="dw-tree-row dw-tree-${kind} ${row.error ? 'dw-tree-error' : ''}"
      style=${styleMap({ 'padding-inline-start': `${(level - 1) * INDENT + 4}px` })}
      tabindex=${id === this.focusedId ? 0 : -1}
      ?data-refocus=${id === this.focusedId}
      aria-level=${level}
      aria-expanded=${expanded ?? nothing}
      aria-selected=${id === this.focusedId}
      title=${printableLines([label, description, row.target?.path].filter(Boolean).join('\n'))}
      @click=${(event: MouseEvent) => this.onClick(event, row)}
      @dblclick=${() => this.open(row)}
      @focus=${() => (this.focusedId = id)}
    >
      <span class="dw-tree-twistie" data-twistie
        >${expanded === null ? nothing : icon(expanded ? 'chevron-down' : 'chevron-right')}</span
      >
      ${row.icon ? icon(row.icon) : nothing}
      <span class="dw-tree-label">${label}</span>
      ${badges ? deviceBadges(badges) : nothing}
      <span class="dw-tree-description">${description}</span>
    </div>`;
  }

  private onClick(event: MouseEvent, row: TreeNode): void {
    this.focus(row);
    const onTwistie = (event.target as Element).closest('[data-twistie]') !== null;
    if (onTwistie || row.kind === 'group') this.toggle(row);
    else if (isAction(row)) this.open(row);
  }

  override focus(options?: FocusOptions | TreeNode): void {
    const id = options && 'id' in options ? options.id : this.focusedId;
    this.focusedId = id;
    this.querySelector<HTMLElement>(`[data-id="${CSS.escape(id ?? '')}"]`)?.focus();
  }

  private toggle({ id, expanded }: TreeNode, to = !expanded): void {
    if (expanded === null) return;
    if (to) this.expanded.add(id);
    else this.expanded.delete(id);
    this.workbench.state.write(STATE_KEY, [...this.expanded]);
    this.requestUpdate();
  }

  private open(row: TreeNode): void {
    const { commands } = this.workbench;
    const { target, kind, scope } = row;
    if (kind === 'more') void this.pages.get(target!.path)?.more(scope ?? null);
    else if (kind === 'cancel') this.layouts.get(target!.path)?.cancel();
    else if (kind === 'again') void this.layouts.get(target!.path)?.start();
    else if (kind === 'unlock') void commands.run('devices.unlock', target);
    else if (kind === 'structure' || kind === 'table') void commands.run('devices.openSectors', target);
    else if (row.keys['deviceKind'] === 'contained') void commands.run('devices.openNamed', target);
    else if (kind === 'volume' && row.keys['filesystem']) void commands.run('devices.browseFiles', target);
    else if (target) void commands.run('devices.openLayout', target);
    else this.toggle(row);
  }

  private onKey(event: KeyboardEvent): void {
    const row = this.focusedRow;
    if (!row || event.altKey || event.metaKey || event.ctrlKey) return;
    const index = this.rows.indexOf(row);
    const actions: Record<string, () => void> = {
      ArrowDown: () => this.focusIndex(index + 1),
      ArrowUp: () => this.focusIndex(index - 1),
      Home: () => this.focusIndex(0),
      End: () => this.focusIndex(this.rows.length - 1),
      ArrowRight: () => (row.expanded === false ? this.toggle(row) : row.expanded && this.focusIndex(index + 1)),
      ArrowLeft: () =>
        row.expanded
          ? this.toggle(row)
          : this.focusIndex(this.rows.findLastIndex(({ level }, at) => at < index && level < row.level)),
      Enter: () => this.open(row),
      ' ': () => this.toggle(row),
    };
    // A blank within a word that is being typed belongs to it.
    const isTyping = event.timeStamp - this.typed.at < TYPING_MILLISECONDS && this.typed.text !== '';
    const action = event.key === ' ' && isTyping ? undefined : actions[event.key];
    if (action) {
      this.typed = { text: '', at: 0 };
      action();
    } else if (event.key.length === 1) this.typeAhead(event, index);
    else return;
    event.preventDefault();
  }

  private focusIndex(index: number): void {
    const row = this.rows[index];
    if (row) this.focus(row);
  }

  private typeAhead({ key, timeStamp }: KeyboardEvent, index: number): void {
    this.typed = {
      text: (timeStamp - this.typed.at < TYPING_MILLISECONDS ? this.typed.text : '') + key.toLowerCase(),
      at: timeStamp,
    };
    const from = this.typed.text.length > 1 ? index : index + 1;
    const order = [...this.rows.slice(from), ...this.rows.slice(0, from)];
    const found = order.find(({ label }) => label.toLowerCase().startsWith(this.typed.text));
    if (found) this.focus(found);
  }

  private onContextMenu(event: MouseEvent): void {
    const id = (event.target as Element).closest<HTMLElement>('[data-id]')?.dataset['id'];
    const row = this.rows.find((candidate) => candidate.id === id);
    if (!row?.target || isAction(row)) return;
    event.preventDefault();
    this.focus(row);
    const box = (event.target as Element).closest('[data-id]')!.getBoundingClientRect();
    const at =
      event.clientX === 0 && event.clientY === 0 ? { x: box.left + 24, y: box.bottom } : { x: event.clientX, y: event.clientY };
    this.menus.show(DEVICE_MENU, at, row.target, row.keys);
  }
}
