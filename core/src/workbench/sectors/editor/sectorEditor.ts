import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { Disposables, Emitter, type EditorInput, type EditorPane } from '../../api';
import type { SectorDocument } from '../data/sectorDocument';
import type { AcquiredDocument } from '../data/sectorDocuments';
import { glyphAtlas } from '../grid/glyphAtlas';
import { gridFont } from '../grid/gridFont';
import type { GridPane } from '../grid/gridMetrics';
import { readPalette } from '../grid/palette';
import { SectorGrid } from '../grid/sectorGrid';
import { NavigationHistory } from '../model/history';
import { selectedRange, type Selection } from '../model/selection';
import type { ByteView } from '../byteView';
import type { ActiveChange, SectorParams, Sectors } from '../sectors';
import { DocumentSource } from './documentSource';
import { EditorHeader } from './editorHeader';
import { OpeningView } from './openingView';
import { gridSettings } from './settings';
import { Typing } from './typing';

interface SavedState {
  cursor: number;
  length: number;
  top: number;
}

/** Moves no further than this count as one visit. */
const nearBytes = 4096;

/** The editor of a device's bytes. */
export class SectorEditor extends Widget implements EditorPane, ByteView {
  readonly history = new NavigationHistory(nearBytes);
  private documentNow: SectorDocument | null = null;
  private gridNow: SectorGrid | null = null;
  private source: DocumentSource | null = null;
  private typingNow: Typing | null = null;
  private opening: OpeningView | null = null;
  private pending: SectorParams | null;
  private abort = new AbortController();
  private readonly owned = new Disposables();
  /** What goes with the document that is shown. */
  private shown = new Disposables();
  private readonly emitter = new Emitter<ActiveChange>();
  private readonly header: EditorHeader;
  readonly onDidChange = this.emitter.event;

  constructor(
    private readonly sectors: Sectors,
    readonly input: EditorInput,
    private readonly saved: SavedState | null,
  ) {
    super();
    this.addClass('dw-sectors');
    // Where it was left counts more than where it was opened at.
    this.pending = saved ? null : ((input.params as SectorParams | undefined) ?? null);
    this.title.label = sectors.workbench.devices.label(input.key);
    this.title.caption = `Sectors of ${input.key}`;
    this.title.iconClass = 'codicon codicon-file-binary';
    this.title.closable = true;
    this.header = new EditorHeader(sectors, this);
    this.owned.add(sectors.workbench.context.bind(this.node, () => this.contextKeys()));
    // The focus within makes it the one that views and commands mean.
    this.node.addEventListener('focusin', () => sectors.activate(this));
    this.owned.add(
      sectors.documents.onDidReplace((path) => {
        if (path === input.key && this.documentNow) this.reopen();
      }),
    );
    this.openDevice();
  }

  get document(): SectorDocument | null {
    return this.documentNow;
  }

  get grid(): SectorGrid | null {
    return this.gridNow;
  }

  get selection(): Selection {
    return this.gridNow?.selection ?? { cursor: 0, anchor: null };
  }

  get range(): ByteRange {
    return selectedRange(this.selection);
  }

  get column(): GridPane {
    return this.gridNow?.pane ?? 'hex';
  }

  get label(): string {
    return this.sectors.workbench.devices.label(this.input.key);
  }

  get path(): string {
    return this.input.key;
  }

  get pane(): this {
    return this;
  }

  get typing(): Typing | null {
    return this.typingNow;
  }

  goTo(range: ByteRange): void {
    this.gridNow?.select(range);
  }

  /** To the place before, or to the editor before when this one was entered there. */
  goBack(): void {
    this.visit(this.history.back(), 'go.back');
  }

  goForward(): void {
    this.visit(this.history.forward(), 'go.forward');
  }

  reopen(): void {
    // What had the focus goes; the editor keeps it for what comes.
    if (this.node.contains(window.document.activeElement)) {
      this.node.tabIndex = -1;
      this.node.focus();
    }
    this.shown.dispose();
    this.shown = new Disposables();
    this.documentNow = null;
    this.gridNow = null;
    this.typingNow = null;
    this.emitter.fire('editor');
    this.openDevice();
  }

  reveal(params: unknown): void {
    this.pending = params as SectorParams;
    if (this.documentNow) this.goToPending();
  }

  saveState(): SavedState {
    const { offset, length } = this.range;
    return { cursor: offset, length, top: this.gridNow?.firstOffset ?? 0 };
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.sectors.forget(this);
    this.abort.abort();
    this.opening?.dispose();
    this.shown.dispose();
    this.owned.dispose();
    super.dispose();
    this.emitter.dispose();
  }

  protected override onActivateRequest(_message: Message): void {
    this.sectors.activate(this);
    if (this.gridNow) this.gridNow.focus();
    else {
      this.node.tabIndex = -1;
      this.node.focus();
    }
  }

  protected override onAfterShow(_message: Message): void {
    this.gridNow?.schedule();
  }

  protected override onCloseRequest(message: Message): void {
    super.onCloseRequest(message);
    this.dispose();
  }

  private contextKeys() {
    return {
      sectorsFocus: true,
      sectorsUnlocked: this.documentNow?.unlocked ?? false,
      sectorsStaged: this.documentNow?.edits.count ?? 0,
      sectorsSelection: this.range.length,
    };
  }

  /** One that this window knows is shown at once. */
  private openDevice(): void {
    this.warmSoon();
    const known = this.sectors.documents.acquireKnown(this.input.key);
    if (!known) return void this.waitForDevice();
    this.showDocument(known);
  }

  /** After the first frame, while the bytes are on their way, the glyphs for them are made. */
  private warmSoon(): void {
    const warm = (): void => {
      const { fontSizePixels } = gridSettings(this.sectors.workbench.settings);
      glyphAtlas(readPalette(window.document.documentElement), gridFont(fontSizePixels));
    };
    requestAnimationFrame(() => setTimeout(warm));
  }

  private async waitForDevice(): Promise<void> {
    this.abort = new AbortController();
    const { signal } = this.abort;
    const opening = new OpeningView(
      this.title.label,
      () => {
        this.abort.abort();
        opening.failed(null);
      },
      () => {
        opening.dispose();
        this.openDevice();
      },
    );
    this.opening = opening;
    this.node.append(opening.element);
    try {
      const acquired = await this.sectors.documents.acquire(this.input.key, signal);
      if (this.isDisposed || signal.aborted) return acquired.release();
      opening.dispose();
      this.opening = null;
      this.showDocument(acquired);
    } catch (error) {
      if (!signal.aborted) opening.failed(error);
    }
  }

  private showDocument({ document, release }: AcquiredDocument): void {
    const { workbench } = this.sectors;
    this.documentNow = document;
    this.shown.add({ dispose: release });
    this.source = this.shown.add(new DocumentSource(document, this.sectors));
    // Asked for before there is a grid to show them.
    if (!this.pending?.volume) this.source.want({ offset: this.saved?.top ?? this.pending?.offset ?? 0, length: 1 }, 0);
    const grid = new SectorGrid(this.source, `Bytes of ${this.title.label}`, gridSettings(workbench.settings));
    this.gridNow = this.shown.add(grid);
    this.node.append(this.header.element, grid.element);
    this.shown.add({ dispose: () => this.header.element.remove() });
    this.shown.add(this.emitterOf(grid));
    this.shown.add(workbench.settings.onDidChange(() => grid.configure(gridSettings(workbench.settings))));
    this.shown.add(workbench.devices.onDidChange(() => this.header.update()));
    this.typingNow = this.shown.add(new Typing(workbench, this));
    this.shown.add(grid.onDidAskForMenu((at) => workbench.menus.showContext('context:sectors', at)));
    this.shown.add(
      document.onDidChange((change) => {
        if (change === 'lock') grid.setReadOnly(!document.unlocked);
        if (change === 'edits') this.markTitle();
        if (change === 'layout' && this.pending) this.goToPending();
        this.header.update();
        this.emitter.fire('document');
      }),
    );
    grid.setReadOnly(!document.unlocked);
    this.markTitle();
    if (this.saved) {
      grid.select({ offset: this.saved.cursor, length: this.saved.length });
      grid.follow(this.saved.top);
    }
    this.goToPending();
    this.history.note(this.selection.cursor, true);
    this.header.update();
    if (this.node.contains(window.document.activeElement)) grid.focus();
    this.emitter.fire('editor');
  }

  private emitterOf(grid: SectorGrid) {
    const changes = new Disposables();
    changes.add(
      grid.onDidChangeSelection(({ jump }) => {
        this.source!.cursor = grid.selection.cursor;
        this.history.note(grid.selection.cursor, jump);
        this.header.update();
        this.emitter.fire('selection');
      }),
    );
    changes.add(grid.onDidScroll(() => this.emitter.fire('scroll')));
    return changes;
  }

  /** A place in a volume waits for the layout, which says where the volume is. */
  private goToPending(): void {
    const document = this.documentNow;
    if (!document || !this.pending) return;
    const { offset = 0, length = 1, volume } = this.pending;
    if (volume !== undefined && volume !== 0 && !document.layout) return;
    const start = volume ? (document.partitions.find(({ number }) => number === volume)?.start ?? 0) : 0;
    this.pending = null;
    this.goTo({ offset: start + offset, length });
  }

  private visit(offset: number | null, beyond: string): void {
    if (offset === null) void this.sectors.workbench.commands.run(beyond);
    else this.gridNow?.select({ offset, length: 1 }, { jump: false });
  }

  private markTitle(): void {
    const changed = this.documentNow?.edits.count ?? 0;
    const label = this.sectors.workbench.devices.label(this.input.key);
    this.title.label = changed > 0 ? `${label} ●` : label;
    this.title.caption = `Sectors of ${this.input.key}${changed > 0 ? `, ${changed} bytes changed and not written` : ''}`;
  }
}
