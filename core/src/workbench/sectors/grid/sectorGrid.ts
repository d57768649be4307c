import type { ByteRange } from '@diskwright/sdk/protocol';
import { Disposables, Emitter, type Disposable } from '../../api/events';
import {
  clampPlace,
  placeAround,
  placeShowing,
  type RowGeometry,
  scrollByPixels,
  visibleRows,
  type ScrollPlace,
  type Viewport,
} from '../model/rowGeometry';
import { moved, selectedRange, selectionOf, target, type Selection } from '../model/selection';
import { FieldNotes } from './fieldNotes';
import { gridKeyOf, type GridKey } from './gridKeys';
import { layOutGrid, type GridLayout, type GridSettings } from './gridLayout';
import type { GridMetrics, GridPane } from './gridMetrics';
import { GridScrollbars } from './gridScrollbars';
import type { GridSource } from './gridSource';
import { GridMirror } from './mirror';
import { GridPainter, visibleRange } from './painter';
import { readPalette, type Palette } from './palette';
import { bytesUnder, GridPointer } from './pointer';
import { ReadAhead } from './readAhead';
import { RestingUpdate } from './restingUpdate';
import { WaitingBar } from './waitingBar';

/** How the selection came to where it is: by a jump (which is kept in the history), or by moving on. */
export interface SelectionChange {
  jump: boolean;
}

/**
 * The bytes of a source as rows on a canvas, with scrollbars, and with notes beside them where there is room. Draws within animation frames, visible rows
 * only; holds no bytes itself.
 */
export class SectorGrid implements Disposable {
  readonly element = document.createElement('div');
  private readonly canvas = document.createElement('canvas');
  private readonly painter: GridPainter;
  private readonly mirror: GridMirror;
  private readonly waitingBar: WaitingBar;
  private readonly scrollbars: GridScrollbars;
  private readonly notes: FieldNotes;
  private readonly readAhead = new ReadAhead();
  private readonly mirrorUpdate = new RestingUpdate(() => this.updateMirror());
  private readonly owned = new Disposables();
  private readonly selectionEmitter = this.owned.add(new Emitter<SelectionChange>());
  private readonly scrollEmitter = this.owned.add(new Emitter<void>());
  private readonly typeEmitter = this.owned.add(new Emitter<GridKey>());
  private readonly menuEmitter = this.owned.add(new Emitter<{ x: number; y: number }>());

  private layout: GridLayout;
  /** Nothing is drawn before it has a size. */
  private isMeasured = false;
  private palette: Palette;
  private place: ScrollPlace = { row: 0, pixels: 0 };
  private selectionNow: Selection = { cursor: 0, anchor: null };
  private paneNow: GridPane = 'hex';
  private frame = 0;

  /** Of the cursor or the selection. */
  readonly onDidChangeSelection = this.selectionEmitter.event;
  readonly onDidScroll = this.scrollEmitter.event;
  /** A character that may be typed over a byte, or Backspace. */
  readonly onDidType = this.typeEmitter.event;
  readonly onDidAskForMenu = this.menuEmitter.event;

  constructor(
    private readonly source: GridSource,
    label: string,
    private settings: GridSettings,
  ) {
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser has no 2D canvas');
    this.painter = new GridPainter(context);
    this.mirror = new GridMirror(source, label);
    this.waitingBar = new WaitingBar(source);
    this.scrollbars = new GridScrollbars(
      (row) => this.scrollTo({ row, pixels: 0 }),
      () => this.schedule(),
    );
    this.notes = new FieldNotes((note) => {
      this.focus();
      this.select(note, { centre: false });
    });
    this.layout = layOutGrid(source, settings, 0);
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

  get bytesPerRow(): number {
    return this.geometry.bytesPerRow;
  }

  /** The length that rows would have with these settings, in the width that there is now. */
  bytesPerRowWith(settings: GridSettings): number {
    return layOutGrid(this.source, settings, this.deviceSize.width).geometry.bytesPerRow;
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
    this.mirrorUpdate.dispose();
    this.waitingBar.dispose();
    this.owned.dispose();
    this.element.remove();
  }

  private build(): void {
    this.element.className = 'dw-sectors-grid';
    const body = document.createElement('div');
    body.className = 'dw-sectors-canvas';
    this.canvas.setAttribute('aria-hidden', 'true');
    body.append(this.canvas, this.notes.canvas, this.mirror.element, this.waitingBar.element);
    this.element.append(body, ...this.scrollbars.elements);
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
    this.scrollbars.markStale();
    this.waitingBar.update();
    this.mirrorUpdate.soon();
    this.schedule();
  }

  private get geometry(): RowGeometry {
    return this.layout.geometry;
  }

  private get metrics(): GridMetrics {
    return this.layout.metrics;
  }

  /** Of the place for bytes and notes. */
  private get deviceSize(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.canvas.parentElement!;
    return { width: Math.round(clientWidth * devicePixelRatio), height: Math.round(clientHeight * devicePixelRatio) };
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
    const { width, height } = this.deviceSize;
    if (width === 0 || height === 0) return;
    const first = this.firstOffset;
    this.scrollbars.measure();
    this.layout = layOutGrid(this.source, this.settings, width);
    this.isMeasured = true;
    const { canvasWidth, spareWidth, font } = this.layout;
    this.resize(canvasWidth, height);
    this.notes.place(canvasWidth, spareWidth, height, font);
    this.canvas.parentElement!.style.setProperty('--dw-columns-height', `${this.columnsHeight / devicePixelRatio}px`);
    this.canvas.dataset.rowHeight = String(this.viewport.rowHeight);
    this.place = clampPlace(this.geometry, this.viewport, { row: this.geometry.rowOf(first), pixels: 0 });
    this.mirrorUpdate.soon();
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
    this.scrollbars.measure();
    this.schedule();
  }

  private scrollTo(place: ScrollPlace): void {
    const next = clampPlace(this.geometry, this.viewport, place);
    if (next.row === this.place.row && next.pixels === this.place.pixels) return;
    this.place = next;
    this.mirrorUpdate.noteScroll();
    this.schedule();
    this.scrollEmitter.fire();
  }

  private setSelection(selection: Selection, jump: boolean): void {
    this.selectionNow = selection;
    this.mirrorUpdate.soon(0);
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

  private paint(time: number): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.isMeasured) return;
    const { source, geometry, palette, visible } = this;
    source.want(visible, this.readAhead.speedAt(time, this.firstOffset));
    this.waitingBar.update();
    const scrolledPixels = Math.round(this.place.pixels * devicePixelRatio);
    const isComplete = this.painter.paint({
      ...this.layout,
      source,
      palette,
      place: { row: this.place.row, pixels: scrolledPixels },
      selection: this.selectionNow,
      pane: this.paneNow,
      focused: document.activeElement === this.mirror.element,
      top: this.columnsHeight,
      width: this.canvas.width,
      height: this.canvas.height,
    });
    this.canvas.dataset.painted = isComplete ? 'bytes' : 'placeholders';
    const { font } = this.layout;
    this.notes.paint({
      source,
      geometry,
      palette,
      font,
      visible,
      firstRow: this.place.row,
      scrolledPixels,
      top: this.columnsHeight,
    });
    this.scrollbars.paint({
      geometry,
      row: this.place.row,
      visibleRows: visibleRows(this.viewport),
      marks: source.marks(),
    });
  }

  private updateMirror(): void {
    const { geometry } = this;
    const { offsets } = this.layout;
    this.mirror.update({
      geometry,
      offsets,
      firstRow: this.place.row,
      rows: visibleRows(this.viewport),
      cursor: this.selectionNow.cursor,
    });
    this.scrollbars.tell(offsets.write(this.firstOffset).trim());
  }
}
