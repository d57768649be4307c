import type { ByteRange } from '@diskwright/sdk/protocol';
import { hexPair } from '../model/byteClass';
import type { OffsetWriter } from '../model/offsetFormat';
import type { RowGeometry, ScrollPlace } from '../model/rowGeometry';
import { selectedRange, type Selection } from '../model/selection';
import { drawDecoration, drawHatched, drawPlaceholder, drawUnderline } from './brushes';
import { type GlyphAtlas, glyphAtlas, GlyphLayer } from './glyphAtlas';
import type { GridFont } from './gridFont';
import type { GridMetrics, GridPane } from './gridMetrics';
import { ByteState, type Decoration, type GridSource } from './gridSource';
import type { Palette } from './palette';

/** All that one picture of a grid depends on. */
export interface GridPicture {
  source: GridSource;
  geometry: RowGeometry;
  metrics: GridMetrics;
  palette: Palette;
  font: GridFont;
  offsets: OffsetWriter;
  place: ScrollPlace;
  selection: Selection;
  pane: GridPane;
  focused: boolean;
  /** Where the first row begins, under the column numbers; device pixels, as the others. */
  top: number;
  width: number;
  height: number;
}

const panes: readonly GridPane[] = ['hex', 'text'];

/** Draws visible rows. One object a grid: it keeps the buffers that rows are copied into. */
export class GridPainter {
  private bytes = new Uint8Array(0);
  private states = new Uint8Array(0);
  private readonly glyphs = new GlyphLayer();

  constructor(private readonly context: CanvasRenderingContext2D) {}

  /** @returns whether bytes stand in all places: false as long as there are placeholders among them */
  paint(picture: GridPicture): boolean {
    const { context } = this;
    const { source, geometry, metrics, palette, place } = picture;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, picture.width, picture.height);
    const rows = Math.min(
      Math.ceil((picture.height - picture.top + place.pixels) / metrics.rowHeight),
      geometry.rowCount - place.row,
    );
    if (rows <= 0) {
      this.drawColumns(picture);
      return true;
    }
    const visible = visibleRange(geometry, place.row, rows);
    if (this.bytes.length < visible.length) {
      this.bytes = new Uint8Array(visible.length);
      this.states = new Uint8Array(visible.length);
    }
    source.copy(visible, this.bytes, this.states);
    const decorations = source.decorations(visible);
    const top = (row: number): number => picture.top + (row - place.row) * metrics.rowHeight - place.pixels;

    this.drawRanges(picture, decorations, visible, top, 'below');
    this.drawSelection(picture, visible, top);
    // Placeholders alone need no glyphs, whose making would hold up the first picture.
    const isSomethingRead = this.states.subarray(0, visible.length).some((state) => state !== ByteState.Loading);
    const atlas = isSomethingRead ? glyphAtlas(palette, picture.font) : null;
    if (atlas) this.glyphs.begin(Math.min(picture.width, metrics.endX), picture.height);
    for (let row = place.row; row < place.row + rows; row += 1) this.drawRow(picture, row, top(row), visible, atlas);
    if (atlas) this.glyphs.drawTo(context);
    this.drawBoundaries(picture, place.row, rows, top);
    this.drawRanges(picture, decorations, visible, top, 'above');
    this.drawCursor(picture, top);
    this.drawColumns(picture);
    return !this.states.subarray(0, visible.length).includes(ByteState.Loading);
  }

  /** Column numbers, over the rows; the cursor's stands out. */
  private drawColumns(picture: GridPicture): void {
    const { context } = this;
    const { geometry, metrics, palette, selection } = picture;
    context.fillStyle = palette.surface;
    context.fillRect(0, 0, picture.width, picture.top);
    context.fillStyle = palette.sectorLine;
    context.fillRect(0, picture.top - 1, picture.width, 1);
    context.font = picture.font.css;
    context.textBaseline = 'middle';
    const current = selection.cursor % geometry.bytesPerRow;
    const y = picture.top / 2;
    for (let column = 0; column < geometry.bytesPerRow; column += 1) {
      context.fillStyle = column === current ? palette.offsetActive : palette.offset;
      context.fillText(hexPair(column), metrics.byteX('hex', column), y);
    }
    context.fillStyle = palette.offset;
    context.fillText('Offset', metrics.offsetX, y);
    context.fillText('Text', metrics.textX, y);
  }

  private drawRow(picture: GridPicture, row: number, y: number, visible: ByteRange, atlas: GlyphAtlas | null): void {
    const { context, bytes, states } = this;
    const { geometry, metrics, palette, selection } = picture;
    const offset = geometry.offsetOf(row);
    const active = geometry.rowOf(selection.cursor) === row;
    context.font = picture.font.css;
    context.textBaseline = 'middle';
    context.fillStyle = active ? palette.offsetActive : palette.offset;
    context.fillText(picture.offsets.write(offset), metrics.offsetX, y + metrics.rowHeight / 2);

    const selected = selection.anchor === null ? null : selectedRange(selection);
    const base = offset - visible.offset;
    const length = geometry.lengthOf(row);
    for (let column = 0; column < length; column += 1) {
      const state = states[base + column];
      const hexX = metrics.byteX('hex', column);
      const textX = metrics.byteX('text', column);
      if (state === ByteState.Loading || !atlas) {
        drawPlaceholder(context, metrics, palette, hexX, textX, y);
        continue;
      }
      if (state === ByteState.Unreadable) continue;
      const byte = bytes[base + column]!;
      const place = offset + column;
      const isSelected = selected && place >= selected.offset && place < selected.offset + selected.length;
      const ink = state === ByteState.Modified ? 1 : isSelected ? 2 : 0;
      if (state === ByteState.Modified) drawUnderline(context, metrics, palette, column, y);
      this.glyphs.hex(atlas, byte, ink, hexX, y);
      this.glyphs.text(atlas, byte, ink, textX, y);
    }
    this.drawUnreadable(picture, y, base, length);
  }

  /** Hatched, and said in words where there is room: never colour alone. */
  private drawUnreadable(picture: GridPicture, y: number, base: number, length: number): void {
    const { metrics } = picture;
    for (let column = 0; column < length; column += 1) {
      if (this.states[base + column] !== ByteState.Unreadable) continue;
      const from = column;
      while (column + 1 < length && this.states[base + column + 1] === ByteState.Unreadable) column += 1;
      for (const pane of panes) {
        const { x, width } = metrics.span(pane, from, column);
        const sign = pane === 'hex' && column - from >= 4 ? 'unreadable' : '';
        drawHatched(this.context, picture.palette, { x, y, width, height: metrics.rowHeight }, sign);
      }
    }
  }

  private drawSelection(picture: GridPicture, visible: ByteRange, top: (row: number) => number): void {
    if (picture.selection.anchor === null) return;
    const { palette } = picture;
    this.context.fillStyle = picture.focused ? palette.selection : palette.selectionInactive;
    this.forEachSpan(picture, selectedRange(picture.selection), visible, (_pane, x, width, row) => {
      this.context.fillRect(x, top(row), width, picture.metrics.rowHeight);
    });
  }

  private drawRanges(
    picture: GridPicture,
    decorations: readonly Decoration[],
    visible: ByteRange,
    top: (row: number) => number,
    layer: 'below' | 'above',
  ): void {
    for (const decoration of decorations) {
      this.forEachSpan(picture, decoration, visible, (pane, x, width, row, first, last) => {
        const box = { x, y: top(row), width, height: picture.metrics.rowHeight };
        drawDecoration(this.context, picture.palette, decoration, box, { layer, pane, first, last });
      });
    }
  }

  /** Calls with each part of a range that lies in one row, in both panes. */
  private forEachSpan(
    { geometry, metrics }: GridPicture,
    range: ByteRange,
    visible: ByteRange,
    draw: (pane: GridPane, x: number, width: number, row: number, first: boolean, last: boolean) => void,
  ): void {
    const start = Math.max(range.offset, visible.offset);
    const end = Math.min(range.offset + range.length, visible.offset + visible.length);
    for (let at = start; at < end;) {
      const row = geometry.rowOf(at);
      const rowEnd = Math.min(end, geometry.offsetOf(row + 1));
      const column = at - geometry.offsetOf(row);
      for (const pane of panes) {
        const { x, width } = metrics.span(pane, column, column + rowEnd - at - 1);
        draw(pane, x, width, row, at === range.offset, rowEnd === range.offset + range.length);
      }
      at = rowEnd;
    }
  }

  /** A thin line where a sector begins, a strong one with its name where a partition does. */
  private drawBoundaries(picture: GridPicture, firstRow: number, rows: number, top: (row: number) => number): void {
    const { context } = this;
    const { geometry, metrics, palette, source } = picture;
    const thin = Math.max(1, Math.round(metrics.rowHeight / 20));
    for (let row = firstRow; row < firstRow + rows; row += 1) {
      const offset = geometry.offsetOf(row);
      const next = Math.ceil(offset / source.sectorSize) * source.sectorSize;
      if (next >= offset + geometry.bytesPerRow || next === 0) continue;
      const y = top(row);
      const column = next - offset;
      context.fillStyle = palette.sectorLine;
      if (column === 0) context.fillRect(metrics.offsetX, y, metrics.endX - metrics.offsetX, thin);
      else {
        context.fillRect(metrics.span('hex', column, column).x, y, metrics.endX - metrics.span('hex', column, column).x, thin);
        context.fillRect(metrics.span('hex', column, column).x, y, thin, metrics.rowHeight);
      }
    }
    for (const { number, start, size } of source.partitions) {
      this.drawPartitionEdge(picture, start, `p${number} begins`, top);
      this.drawPartitionEdge(picture, start + size, `p${number} ends`, top);
    }
  }

  private drawPartitionEdge(picture: GridPicture, offset: number, words: string, top: (row: number) => number): void {
    const { context } = this;
    const { geometry, metrics, palette } = picture;
    const y = top(geometry.rowOf(offset));
    if (y < -metrics.rowHeight || y > picture.height || offset >= geometry.size) return;
    const thick = Math.max(2, Math.round(metrics.rowHeight / 9));
    context.fillStyle = palette.partitionLine;
    context.fillRect(metrics.offsetX, y - Math.floor(thick / 2), picture.width - metrics.offsetX, thick);
    context.font = picture.font.css;
    context.fillText(
      words,
      metrics.endX + 2 * metrics.character,
      y + metrics.rowHeight / 2 + (words.endsWith('ends') ? -metrics.rowHeight : 0),
    );
  }

  private drawCursor(picture: GridPicture, top: (row: number) => number): void {
    const { context } = this;
    const { geometry, metrics, palette, selection } = picture;
    const row = geometry.rowOf(selection.cursor);
    const y = top(row);
    if (y <= -metrics.rowHeight || y >= picture.height) return;
    const column = selection.cursor - geometry.offsetOf(row);
    const line = Math.max(1, Math.round(metrics.rowHeight / 10));
    for (const pane of panes) {
      const { x, width } = metrics.span(pane, column, column);
      const active = pane === picture.pane;
      context.strokeStyle = palette.focus;
      context.lineWidth = active && picture.focused ? line : Math.max(1, line / 2);
      context.setLineDash(active ? [] : [line, line]);
      context.strokeRect(x + line / 2, y + line / 2, width - line, metrics.rowHeight - line);
      context.setLineDash([]);
    }
  }
}

/** The bytes of rows that there are. */
export function visibleRange(geometry: RowGeometry, row: number, rows: number): ByteRange {
  const offset = geometry.offsetOf(row);
  return { offset, length: Math.max(0, Math.min(geometry.size - offset, rows * geometry.bytesPerRow)) };
}
