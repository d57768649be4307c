import type { ByteRange } from '@diskwright/sdk/protocol';
import { Disposables, Emitter, type Disposable } from '../../api/events';
import { OffsetWriter, type OffsetFormat } from '../model/offsetFormat';
import {
  clampPlace,
  placeAround,
  placeShowing,
  RowGeometry,
  scrollByPixels,
  visibleRows,
  type ScrollPlace,
  type Viewport,
} from '../model/rowGeometry';
import { lensAround, type Track } from '../model/scrollTrack';
import { moved, selectedRange, selectionOf, target, type Selection } from '../model/selection';
import { gridFont, type GridFont } from './gridFont';
import { gridKeyOf, type GridKey } from './gridKeys';
import { fittingBytesPerRow, GridMetrics, marginCharacters, type GridPane } from './gridMetrics';
import type { GridSource } from './gridSource';
import { GridMirror } from './mirror';
import { GridPainter, visibleRange } from './painter';
import { readPalette, type Palette } from './palette';
import { bytesUnder, GridPointer } from './pointer';
import { Scrollbar } from './scrollbar';
import { WaitingBar } from './waitingBar';

export interface GridSettings {
  /** 0: as many as fit. */
  bytesPerRow: number;
  groupBytes: number;
  offsetFormat: OffsetFormat;
  fontSizePixels: number;
}

/** How the selection came to where it is: by a jump (which is kept in the history), or by moving on. */
export interface SelectionChange {
  jump: boolean;
}

/** How long after the last scrolling the mirror for screen readers follows. */
const mirrorDelayMilliseconds = 120;
const lensWidthPixels = 14;

/**
 * The bytes of a source as rows on a canvas, with a scrollbar over the whole and one over the surroundings. Draws within animation frames, visible rows
 * only; holds no bytes itself.
 */
export class SectorGrid implements Disposable {
  readonly element = document.createElement('div');
  private readonly canvas = document.createElement('canvas');
  private readonly painter: GridPainter;
  private readonly mirror: GridMirror;
  private readonly waitingBar: WaitingBar;
  private readonly wholeBar: Scrollbar;
  private readonly lensBar: Scrollbar;
  private readonly owned = new Disposables();
  private readonly selectionEmitter = this.owned.add(new Emitter<SelectionChange>());
  private readonly scrollEmitter = this.owned.add(new Emitter<void>());
  private readonly typeEmitter = this.owned.add(new Emitter<GridKey>());
  private readonly menuEmitter = this.owned.add(new Emitter<{ x: number; y: number }>());

  private settings: GridSettings;
  private geometry: RowGeometry;
  private metrics: GridMetrics;
  private offsets: OffsetWriter;
  private palette: Palette;
  private font: GridFont | null = null;
  private place: ScrollPlace = { row: 0, pixels: 0 };
  private selectionNow: Selection = { cursor: 0, anchor: null };
  private paneNow: GridPane = 'hex';
  private heldLens: Track | null = null;
  private frame = 0;
  private mirrorTimer: ReturnType<typeof setTimeout> | null = null;
  /** When it was scrolled last, by `performance.now()`. */
  private scrolledAt = -Infinity;
  private marksStale = true;
  private lensFirstRow = -1;
  /** Bytes a second, for reading ahead. */
  private velocity = 0;
  private lastPaint = { time: 0, offset: 0 };

  /** Of the cursor or the selection. */
  readonly onDidChangeSelection = this.selectionEmitter.event;
  readonly onDidScroll = this.scrollEmitter.event;
  /** A character that may be typed over a byte, or Backspace. */
  readonly onDidType = this.typeEmitter.event;
  readonly onDidAskForMenu = this.menuEmitter.event;

  constructor(
    private readonly source: GridSource,
    label: string,
    settings: GridSettings,
  ) {
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser has no 2D canvas');
    this.painter = new GridPainter(context);
    this.mirror = new GridMirror(source, label);
    this.waitingBar = new WaitingBar(source);
    this.wholeBar = new Scrollbar('Whole device', (row) => this.scrollTo({ row, pixels: 0 }));
    this.lensBar = new Scrollbar(
      'Surroundings of this place',
      (row) => this.scrollTo({ row, pixels: 0 }),
      (held) => {
        this.heldLens = held ? this.lens() : null;
        this.marksStale = true;
        this.schedule();
      },
    );
    this.settings = settings;
    this.geometry = new RowGeometry(source.size, settings.bytesPerRow || 16);
    this.offsets = new OffsetWriter(settings.offsetFormat, source);
    this.metrics = new GridMetrics({ bytesPerRow: 16, groupBytes: 8, offsetWidth: 8 }, 8, 20);
    this.palette = readPalette(document.documentElement);
    this.build();
    this.observe();
  }

  get selection(): Selection {
    return this.selectionNow;
  }

  get pane(): GridPane {
    return this.paneNow;
  }

  get firstOffset(): number {
    return this.geometry.offsetOf(this.place.row);
  }

  /** Bytes of the rows that can be seen. */
  get visible(): ByteRange {
    return visibleRange(this.geometry, this.place.row, visibleRows(this.viewport) + 1);
  }

  /** As many as fit its width now, whatever the settings say. */
  get fittingBytesPerRow(): number {
    const { character, shape } = this.metrics;
    return fittingBytesPerRow(this.canvas.parentElement!.clientWidth * devicePixelRatio, character, shape);
  }

  get bytesPerRow(): number {
    return this.geometry.bytesPerRow;
  }

  focus(): void {
    this.mirror.element.focus({ preventScroll: true });
  }

  setReadOnly(readOnly: boolean): void {
    this.mirror.setReadOnly(readOnly);
  }

  configure(settings: GridSettings): void {
    this.settings = settings;
    this.measure();
  }

  /** Puts the cursor on the first byte of a range, selects it, and shows it. */
  select(range: ByteRange, { jump = true, centre = true } = {}): void {
    const offset = this.geometry.clampOffset(range.offset);
    const length = Math.min(range.length, Math.max(1, this.source.size - offset));
    this.setSelection(selectionOf({ offset, length }), jump);
    this.show(offset, centre);
  }

  /** Scrolls without moving the cursor. @param centre false: no further than needed */
  show(offset: number, centre: boolean): void {
    const row = this.geometry.rowOf(this.geometry.clampOffset(offset));
    const shown = placeShowing(this.geometry, this.viewport, this.place, row, 0);
    this.scrollTo(centre && shown !== this.place ? placeAround(this.geometry, this.viewport, row) : shown);
  }

  /** Scrolls so that this byte's row is the first, without a word to anybody who follows. */
  follow(offset: number): void {
    this.place = clampPlace(this.geometry, this.viewport, { row: this.geometry.rowOf(Math.max(0, offset)), pixels: 0 });
    this.schedule();
  }

  moveCursor(cursor: number, extend = false): void {
    this.setSelection(moved(this.selectionNow, this.geometry.clampOffset(cursor), extend), false);
    this.show(this.selectionNow.cursor, false);
  }

  schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((time) => this.paint(time));
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.forgetMirrorTimer();
    this.waitingBar.dispose();
    this.owned.dispose();
    this.element.remove();
  }

  private build(): void {
    this.element.className = 'dw-sectors-grid';
    const body = document.createElement('div');
    body.className = 'dw-sectors-canvas';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.lensBar.element.classList.add('dw-sectors-lens');
    this.lensBar.element.style.width = `${lensWidthPixels}px`;
    body.append(this.canvas, this.mirror.element, this.waitingBar.element);
    this.element.append(body, this.lensBar.element, this.wholeBar.element);
  }

  private observe(): void {
    const { element } = this.mirror;
    const resized = new ResizeObserver(() => this.measure());
    resized.observe(this.canvas.parentElement!);
    this.owned.add({ dispose: () => resized.disconnect() });
    const themed = new MutationObserver(() => this.restyle());
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
    this.owned.add({ dispose: () => themed.disconnect() });
    this.owned.add(this.source.onDidChange(() => this.refresh()));
    element.addEventListener('keydown', (event) => this.handleKey(event));
    for (const name of ['focus', 'blur']) element.addEventListener(name, () => this.schedule());
    this.owned.add(
      new GridPointer(this.element, this.canvas, {
        focus: () => this.focus(),
        scrollBy: (pixels) => this.scrollTo(scrollByPixels(this.geometry, this.viewport, this.place, pixels)),
        rowHeight: () => this.viewport.rowHeight,
        byteAt: (x, y) =>
          bytesUnder(this.metrics, this.geometry, this.place, x * devicePixelRatio, y * devicePixelRatio - this.columnsHeight),
        press: (offset, pane, extend) => {
          if (pane) this.paneNow = pane;
          this.setSelection(moved(this.selectionNow, offset, extend), !extend);
        },
        drag: (offset) => this.moveCursor(offset, true),
        menu: (at) => this.menuEmitter.fire(at),
        isSelected: (offset) => {
          const range = selectedRange(this.selectionNow);
          return offset >= range.offset && offset < range.offset + range.length;
        },
      }),
    );
  }

  private refresh(): void {
    this.marksStale = true;
    this.waitingBar.update();
    this.updateMirrorSoon();
    this.schedule();
  }

  private get viewport(): Viewport {
    const ratio = devicePixelRatio;
    return {
      rowHeight: this.metrics.rowHeight / ratio,
      heightPixels: Math.max(1, this.canvas.height - this.columnsHeight) / ratio,
    };
  }

  /** The column numbers take one row above the bytes; device pixels. */
  private get columnsHeight(): number {
    return this.metrics.rowHeight;
  }

  /** The canvas and all that follows from its size, the font, and the settings. */
  private measure(): void {
    const parent = this.canvas.parentElement!;
    const ratio = devicePixelRatio;
    const first = this.firstOffset;
    const [width, height] = [Math.round(parent.clientWidth * ratio), Math.round(parent.clientHeight * ratio)];
    if (width === 0 || height === 0) return;
    for (const bar of [this.wholeBar, this.lensBar]) bar.measure();
    this.font = gridFont(this.settings.fontSizePixels);
    const { character, rowHeight } = this.font;
    this.offsets = new OffsetWriter(this.settings.offsetFormat, this.source);
    const shape = { groupBytes: this.settings.groupBytes, offsetWidth: this.offsets.width };
    // Where fewer fit, the text column would be out of sight.
    const bytesPerRow = Math.min(this.settings.bytesPerRow || 64, fittingBytesPerRow(width, character, shape));
    this.metrics = new GridMetrics({ ...shape, bytesPerRow }, character, rowHeight);
    this.geometry = new RowGeometry(this.source.size, bytesPerRow);
    // No wider than what is drawn: every pixel of it is copied at every frame.
    this.resize(Math.min(width, this.metrics.endX + marginCharacters * character), height);
    parent.style.setProperty('--dw-columns-height', `${this.columnsHeight / ratio}px`);
    this.canvas.dataset.rowHeight = String(this.viewport.rowHeight);
    this.place = clampPlace(this.geometry, this.viewport, { row: this.geometry.rowOf(first), pixels: 0 });
    this.marksStale = true;
    this.updateMirrorSoon();
    // A canvas that was resized is empty until it is painted: not a frame later.
    this.paint(performance.now());
  }

  private resize(width: number, height: number): void {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.style.width = `${width / devicePixelRatio}px`;
    this.canvas.style.height = `${height / devicePixelRatio}px`;
  }

  private restyle(): void {
    this.palette = readPalette(document.documentElement);
    for (const bar of [this.wholeBar, this.lensBar]) bar.measure();
    this.marksStale = true;
    this.schedule();
  }

  private scrollTo(place: ScrollPlace): void {
    const next = clampPlace(this.geometry, this.viewport, place);
    if (next.row === this.place.row && next.pixels === this.place.pixels) return;
    this.place = next;
    this.scrolledAt = performance.now();
    this.updateMirrorSoon();
    this.schedule();
    this.scrollEmitter.fire();
  }

  private setSelection(selection: Selection, jump: boolean): void {
    this.selectionNow = selection;
    this.updateMirrorSoon(0);
    this.schedule();
    this.selectionEmitter.fire({ jump });
  }

  private handleKey(event: KeyboardEvent): void {
    const key = gridKeyOf(event, this.paneNow);
    if (!key || event.defaultPrevented) return;
    switch (key.kind) {
      case 'move':
        this.moveBy(key.motion, key.extend);
        break;
      case 'switchPane':
        this.paneNow = this.paneNow === 'hex' ? 'text' : 'hex';
        this.setSelection(this.selectionNow, false);
        break;
      case 'clear':
        if (this.selectionNow.anchor === null) return;
        this.setSelection({ cursor: this.selectionNow.cursor, anchor: null }, false);
        break;
      case 'menu':
        this.menuEmitter.fire(this.cursorPlace());
        break;
      default:
        this.typeEmitter.fire(key);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private moveBy(motion: Parameters<typeof target>[1], extend: boolean): void {
    const { bytesPerRow } = this.geometry;
    const rowsPerPage = Math.max(1, visibleRows(this.viewport) - 1);
    const context = { size: this.source.size, bytesPerRow, rowsPerPage, sectorSize: this.source.sectorSize };
    const cursor = target(this.selectionNow.cursor, motion, context);
    const jump = motion === 'start' || motion === 'end';
    if (motion === 'pageUp' || motion === 'pageDown') {
      const rows = motion === 'pageDown' ? rowsPerPage : -rowsPerPage;
      this.place = clampPlace(this.geometry, this.viewport, { row: this.place.row + rows, pixels: 0 });
      this.scrollEmitter.fire();
    }
    this.setSelection(moved(this.selectionNow, cursor, extend), jump);
    this.show(cursor, false);
  }

  /** Where the cursor stands on the page, for a menu by key. */
  private cursorPlace(): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    const row = this.geometry.rowOf(this.selectionNow.cursor);
    const x = this.metrics.byteX(this.paneNow, this.selectionNow.cursor - this.geometry.offsetOf(row)) / devicePixelRatio;
    const y = (row - this.place.row + 2) * this.viewport.rowHeight;
    return { x: box.left + x, y: box.top + Math.max(0, Math.min(box.height, y)) };
  }

  private lens(): Track {
    const visible = visibleRows(this.viewport);
    return lensAround(this.geometry.rowCount, this.lensBar.heightPixels, this.place.row, visible);
  }

  private paint(time: number): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.canvas.width === 0 || !this.font) return;
    this.noteVelocity(time);
    this.source.want(this.visible, this.velocity);
    this.waitingBar.update();
    const isComplete = this.painter.paint({
      source: this.source,
      geometry: this.geometry,
      metrics: this.metrics,
      palette: this.palette,
      font: this.font,
      offsets: this.offsets,
      place: { row: this.place.row, pixels: Math.round(this.place.pixels * devicePixelRatio) },
      selection: this.selectionNow,
      pane: this.paneNow,
      focused: document.activeElement === this.mirror.element,
      top: this.columnsHeight,
      width: this.canvas.width,
      height: this.canvas.height,
    });
    this.canvas.dataset.painted = isComplete ? 'bytes' : 'placeholders';
    this.paintScrollbars();
  }

  private noteVelocity(time: number): void {
    const { time: before, offset } = this.lastPaint;
    const seconds = Math.max(0.001, (time - before) / 1000);
    // After a pause, or a jump by far more than a hand scrolls, nothing is known of where it goes next.
    const bytes = this.firstOffset - offset;
    this.velocity = seconds > 0.5 || Math.abs(bytes) > 16 * 1024 * 1024 ? 0 : bytes / seconds;
    this.lastPaint = { time, offset: this.firstOffset };
  }

  private paintScrollbars(): void {
    const visible = visibleRows(this.viewport);
    const whole = { heightPixels: this.wholeBar.heightPixels, firstRow: 0, rowCount: this.geometry.rowCount };
    this.wholeBar.show({ track: whole, row: this.place.row, visibleRows: visible });
    const lens = this.heldLens ?? this.lens();
    this.lensBar.show({ track: lens, row: this.place.row, visibleRows: visible });
    const rowOf = (offset: number): number => this.geometry.rowOf(offset);
    const marks = this.source.marks();
    if (this.marksStale) this.wholeBar.drawMarks(marks, rowOf, this.geometry.rowCount);
    if ((this.marksStale || lens.firstRow !== this.lensFirstRow) && marks.length > 0) {
      this.lensBar.drawMarks(marks, rowOf, this.geometry.rowCount);
    }
    this.lensFirstRow = lens.firstRow;
    this.marksStale = false;
  }

  /** With what comes until then as one. While it is scrolled nothing is read out, and frames have no time for it. */
  private updateMirrorSoon(delay = mirrorDelayMilliseconds): void {
    if (delay === 0) this.forgetMirrorTimer();
    this.mirrorTimer ??= setTimeout(() => {
      this.mirrorTimer = null;
      const rest = this.scrolledAt + mirrorDelayMilliseconds - performance.now();
      if (rest > 0) return this.updateMirrorSoon(rest);
      this.updateMirror();
    }, delay);
  }

  private forgetMirrorTimer(): void {
    if (this.mirrorTimer !== null) clearTimeout(this.mirrorTimer);
    this.mirrorTimer = null;
  }

  private updateMirror(): void {
    this.mirror.update({
      geometry: this.geometry,
      offsets: this.offsets,
      firstRow: this.place.row,
      rows: visibleRows(this.viewport),
      cursor: this.selectionNow.cursor,
    });
    const words = this.offsets.write(this.firstOffset).trim();
    for (const bar of [this.wholeBar, this.lensBar]) bar.tell(words);
  }
}
