import { html, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { printable } from '../../common/text/printable';
import type { ContextValue, Disposable, Workbench } from '../api';
import { type DeviceTarget, targetKeys, volumeName } from '../devices/deviceTarget';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { icon } from '../widgets/parts';
import { errorBlock } from '../widgets/shared/blocks';
import type { Table } from '../widgets/shared/table';
import '../widgets/shared/tree';
import type { Tree } from '../widgets/shared/tree';
import type { TreeNode } from '../widgets/shared/treeRows';
import type { MenuPlace } from '../widgets/shared/virtualRows';
import { cancelledBlock, waitingBlock } from '../widgets/shared/waiting';
import { type DetailsTab, FileDetails } from './details/fileDetails';
import { directoryNode, placeOf, subdirectories } from './directoryTree';
import { EntryTable } from './entryTable';
import { FileMenu } from './fileMenu';
import './filesEditor.css';
import type { DirectoryListing } from './model/directoryListing';
import type { FileEntry } from './model/fileEntry';
import { baseName, childPath, linkTarget, parentPath, withParents } from './model/filePath';
import { type Arrival, Navigation } from './model/navigation';
import { type Directory, type NodePlace, VolumeFiles } from './model/volumeFiles';
import { PaneSizes, type SavedSizes } from './paneSizes';
import './pathBar';
import type { PathBar } from './pathBar';

/** Bytes of a sector: less is no device. */
const SMALLEST_DEVICE = 512;

/** What is kept for the next session. */
interface SavedState extends Partial<SavedSizes> {
  path?: string;
}

/** The files of a volume: a tree of directories, the entries of one, and what is in the selected one. */
@customElement('dw-files')
export class FilesEditor extends LightElement implements PaneElement {
  @state() private directory: Directory | null = null;
  @state() private root: Directory | null = null;
  @state() private rows: readonly FileEntry[] = [];
  @state() private selected: FileEntry | null = null;
  @query('dw-table') private table!: Table<FileEntry> | null;
  @query('dw-tree') private tree!: Tree | null;
  @query('dw-path-bar') private pathBar!: PathBar | null;
  private listing: DirectoryListing | null = null;
  private listening: Disposable | null = null;
  private readonly navigation: Navigation;
  private readonly details: FileDetails;
  private readonly sizes: PaneSizes;
  private readonly entries = new EntryTable({
    select: (entry) => (this.selected = entry),
    open: () => this.openSelected(),
    showMenu: (at) => this.showMenu(at),
  });
  private readonly label: string;
  private readonly menu: FileMenu;

  constructor(
    private readonly workbench: Workbench,
    private readonly target: DeviceTarget & { partition: number },
    params: unknown,
    saved: unknown,
  ) {
    super();
    const { path: wanted } = (params ?? {}) as { path?: string };
    const { path, ...sizes } = (saved ?? {}) as SavedState;
    this.sizes = new PaneSizes(this, sizes, () => this.requestUpdate());
    this.label = volumeName(target);
    this.menu = new FileMenu(workbench);
    this.details = new FileDetails(workbench);
    const newFiles = (): VolumeFiles => new VolumeFiles(workbench, target.path, target.partition);
    this.navigation = new Navigation(this.label, newFiles, wanted ?? path ?? '/', () => this.onArriving());
  }

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-files');
    const { devices, context } = this.workbench;
    keep(devices.onDidChangeContent((path) => path === this.target.path && this.readAnew()));
    keep(context.bind(this, () => this.contextKeys()));
    const observer = new ResizeObserver(([entry]) => this.sizes.resize(entry!.contentRect.width));
    observer.observe(this);
    keep({ dispose: () => observer.disconnect() });
    if (!this.directory) this.navigation.go();
  }

  reveal(params: unknown): void {
    const { path } = (params ?? {}) as { path?: string };
    if (path !== undefined) this.goTo(path);
  }

  saveState(): SavedState {
    return { path: this.directory?.path ?? this.navigation.goal.path, ...this.sizes.saved };
  }

  dispose(): void {
    this.navigation.dispose();
    this.listening?.dispose();
  }

  /** Goes to a path: a directory, or a file, which is selected in its own. Links are followed. */
  goTo(path: string): void {
    this.navigation.go({ path, selected: null }, true);
  }

  goUp(): void {
    const { directory } = this;
    if (directory && directory.path !== '/')
      this.navigation.go({ path: parentPath(directory.path), selected: baseName(directory.path) }, true);
  }

  /** Back or forward along what was visited; false at the end. */
  step(by: 1 | -1): boolean {
    return this.navigation.step(by);
  }

  editPath(): void {
    this.pathBar?.edit();
  }

  /** Goes into the selected directory, to the target of a link, or to the content of a file. */
  openSelected(): void {
    const { selected, directory } = this;
    if (!selected || !directory) return;
    const { type, metadata } = selected;
    if (type === 'directory') this.goTo(childPath(directory.path, selected.path));
    else if (type === 'symlink' && metadata?.target !== undefined) this.goTo(linkTarget(directory.path, metadata.target));
    else this.showDetails('preview');
  }

  /** The selected file as a device: its bytes without the volume around them. Null when no file is selected, or one that is smaller than a sector. */
  get contentName(): string | null {
    const { selected, place } = this;
    return selected?.type === 'file' && selected.size >= SMALLEST_DEVICE && place ? `${this.label}:${place.path}` : null;
  }

  /** Goes to where the selection begins on the device. */
  async showSectors(): Promise<void> {
    const { place } = this;
    if (!place) return;
    const { extents } = await this.navigation.files.extents(place.node);
    const [first] = extents;
    if (first) return this.workbench.commands.run('devices.openSectors', { path: this.target.path, ...first });
    this.workbench.notifications.info(`${printable(place.path)} has no sectors of its own`, {
      detail: 'It is empty, or so small that its bytes stand in the structures of the filesystem.',
    });
  }

  showDetails(tab: DetailsTab): void {
    this.details.show(tab);
  }

  /** What commands on the selection are about; the directory when nothing is selected. */
  get place(): NodePlace | null {
    const { selected, directory } = this;
    if (!directory) return null;
    return selected ? { path: childPath(directory.path, selected.path), node: selected.node } : directory;
  }

  /** Forgets what was read, and reads it where it is. */
  readAnew(): void {
    const { directory, selected } = this;
    this.root = null;
    this.listening?.dispose();
    this.listing = null;
    this.tree?.forget();
    this.navigation.readAnew({ path: directory?.path ?? this.navigation.goal.path, selected: selected?.path ?? null });
  }

  private onArriving(): void {
    const { state: read } = this.navigation;
    if (read.kind === 'known') this.arrive(read.value);
    // Where it is, is good: only that it goes nowhere is told.
    else if (read.kind === 'failed' && this.directory && this.listing) this.workbench.notifications.error(read.error);
    this.requestUpdate();
  }

  private arrive(arrival: Arrival): void {
    const { directory, root, path, selected } = arrival;
    const left = this.directory && this.listing ? { path: this.directory.path, selected: this.selected?.path ?? null } : null;
    this.navigation.arrived(arrival, left);
    this.root = root;
    this.directory = directory;
    this.follow(this.navigation.files.directory(directory));
    this.selected = this.rows.find((row) => row.path === selected) ?? null;
    void this.updateComplete.then(() => this.show(path, selected));
  }

  /** Shows a listing from now on. */
  private follow(listing: DirectoryListing): void {
    if (this.listing !== listing) this.listening?.dispose();
    this.listing = listing;
    this.listening = listing.onDidChange(() => this.onListed());
    this.rows = [...listing.entries];
    if (!listing.isComplete && listing.entries.length === 0) void listing.more();
  }

  private onListed(): void {
    const selected = this.selected ?? null;
    this.rows = [...this.listing!.entries];
    const { state: read } = this.navigation;
    const wanted = read.kind === 'known' ? read.value.selected : null;
    if (!selected && wanted !== null) {
      this.selected = this.rows.find((row) => row.path === wanted) ?? null;
      if (this.selected) this.table?.select(wanted);
    }
    this.requestUpdate();
    void this.updateComplete.then(() => this.selectFirst());
  }

  /** Who walks by the keyboard goes on at once. */
  private selectFirst(): void {
    if (this.selected === null && this.table?.contains(document.activeElement)) this.table.selectFirst();
  }

  private show(path: string, selected: string | null): void {
    const { tree, table } = this;
    table?.select(selected);
    if (tree) {
      tree.expanded = [...new Set([...tree.expanded, ...withParents(parentPath(path)), '/'])];
      tree.select(path);
    }
    const { activeElement } = document;
    // The pane was given the focus before there was anything in it that could take it.
    const isHere = this.contains(activeElement) || this.parentElement === activeElement;
    if (isHere && !tree?.contains(activeElement)) table?.focus();
    this.selectFirst();
  }

  protected override render(): TemplateResult {
    const { kind } = this.navigation.state;
    const isKnown = this.directory !== null && this.listing !== null;
    return html`${this.head()}
      <div class="dw-files-body">${isKnown ? this.body(this.directory!, this.listing!) : this.instead(kind)}</div>`;
  }

  private instead(kind: string): unknown {
    const { state: read, goal } = this.navigation;
    const again = (): void => this.navigation.go();
    if (read.kind === 'failed') {
      const { commands } = this.workbench;
      return errorBlock(`The files of ${printable(this.label)} cannot be listed`, read.error, [
        { label: 'Try Again', primary: true, run: again },
        { label: 'Open Layout', run: () => commands.run('devices.openLayout', this.target) },
        ...(goal.path === '/' ? [] : [{ label: 'Go to the Root', run: () => this.goTo('/') }]),
      ]);
    }
    if (kind === 'waiting') return waitingBlock(this.workbench.devices.label(this.target.path), () => this.navigation.cancel());
    if (kind === 'cancelled') return cancelledBlock('The directory', again);
    return html`<p class="dw-muted dw-preview-note" role="status">Reading…</p>`;
  }

  private head(): TemplateResult {
    const button = (name: string, title: string, disabled: boolean, run: () => void): TemplateResult =>
      html`<button type="button" class="dw-icon-button" title=${title} aria-label=${title} ?disabled=${disabled} @click=${run}>
        ${icon(name)}
      </button>`;
    return html`<div class="dw-files-head" role="toolbar" aria-label="Files">
      ${button('arrow-left', 'Back (Alt+Left)', !this.navigation.canStep(-1), () => void this.step(-1))}
      ${button('arrow-right', 'Forward (Alt+Right)', !this.navigation.canStep(1), () => void this.step(1))}
      ${button('arrow-up', 'Directory above (Backspace)', (this.directory?.path ?? '/') === '/', () => this.goUp())}
      <dw-path-bar
        .path=${this.directory?.path ?? '/'}
        .rootName=${this.rootName}
        @dw-path=${({ detail }: CustomEvent<string>) => this.goTo(detail)}
        @dw-left=${() => this.table?.focus()}
      ></dw-path-bar>
      ${button('refresh', 'Read anew', false, () => this.readAnew())}
      <button
        type="button"
        class="dw-icon-button"
        title="What can be done here: extract, find, check… (Shift+F10)"
        aria-label="What can be done here"
        aria-haspopup="menu"
        ?disabled=${!this.place}
        @click=${({ currentTarget }: MouseEvent) => this.showMenu(below(currentTarget as Element))}
      >
        ${icon('ellipsis')}
      </button>
    </div>`;
  }

  private get rootName(): string {
    const { path, partition } = this.target;
    return partition === 0 ? this.workbench.devices.label(path) : `${this.workbench.devices.label(path)} #${partition}`;
  }

  private body(directory: Directory, listing: DirectoryListing): TemplateResult {
    const { sizes, entries, rows } = this;
    Object.assign(this.details, { entry: this.selected, place: this.place, files: this.navigation.files });
    return html`<dw-tree
        class="dw-files-tree"
        style="flex-basis:${sizes.sizeOf('tree')}px"
        .label=${`Directories of ${this.rootName}`}
        .nodes=${this.treeNodes()}
        .load=${this.loadDirectories}
        @dw-activate=${({ detail }: CustomEvent<TreeNode>) => this.openNode(detail)}
      ></dw-tree>
      ${sizes.lineOf('tree')}
      <div class="dw-files-main ${sizes.isWide ? '' : 'dw-files-narrow'}">
        ${entries.draw(directory.path, listing, rows)} ${sizes.lineOf(sizes.details)}
        <div class="dw-files-details" style="flex-basis:${sizes.sizeOf(sizes.details)}px">${this.details}</div>
      </div>`;
  }

  private nodesOf: { root: Directory; nodes: TreeNode[] } | null = null;

  /** The same as long as the root is. */
  private treeNodes(): TreeNode[] {
    const { root } = this;
    if (!root) return [];
    if (this.nodesOf?.root !== root) this.nodesOf = { root, nodes: [directoryNode(root, this.rootName)] };
    return this.nodesOf.nodes;
  }

  private readonly loadDirectories = async (node: TreeNode): Promise<TreeNode[]> => {
    const directory = placeOf(node);
    return directory ? subdirectories(this.navigation.files, directory) : [];
  };

  private openNode(node: TreeNode): void {
    const directory = placeOf(node);
    if (directory && directory.path !== this.directory?.path) this.goTo(directory.path);
  }

  /** What can be done with the selection, and with the directory when nothing is selected. */
  showMenu(at: MenuPlace): void {
    const { place } = this;
    if (place) this.menu.show(at, `${this.label}:${place.path}`, this.contextKeys());
  }

  private contextKeys(): Record<string, ContextValue> {
    const isList = this.querySelector('.dw-files-details')?.contains(document.activeElement) !== true;
    return { ...targetKeys(this.target), isVolume: true, filesFocus: isList, filesDevice: this.contentName !== null };
  }
}

const below = (element: Element): MenuPlace => {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
};
