import { OffsetWriter, type OffsetContext, type OffsetFormat } from '../model/offsetFormat';
import { RowGeometry } from '../model/rowGeometry';
import { gridFont, type GridFont } from './gridFont';
import { automaticBytesPerRow, fits, GridMetrics, marginCharacters, type GridShape } from './gridMetrics';

export interface GridSettings {
  /** 0: as many as fit, in rows that sectors begin with. */
  bytesPerRow: number;
  groupBytes: number;
  offsetFormat: OffsetFormat;
  fontSizePixels: number;
}

/** What follows from the settings of a grid and from its size. */
export interface GridLayout {
  font: GridFont;
  offsets: OffsetWriter;
  metrics: GridMetrics;
  geometry: RowGeometry;
  /** Of the canvas with the bytes, device pixels: no wider than what is drawn, for every pixel of it is copied at every frame. */
  canvasWidth: number;
  /** What is left beside it, device pixels. */
  spareWidth: number;
}

/** @param width of the place for the grid, device pixels */
export function layOutGrid(source: OffsetContext, settings: GridSettings, width: number): GridLayout {
  const font = gridFont(settings.fontSizePixels);
  const offsets = new OffsetWriter(settings.offsetFormat, source);
  const shape = { groupBytes: settings.groupBytes, offsetWidth: offsets.width };
  const bytesPerRow = bytesPerRowFor(settings.bytesPerRow, width, font.character, shape);
  const metrics = new GridMetrics({ ...shape, bytesPerRow }, font.character, font.rowHeight);
  const canvasWidth = Math.min(width, metrics.endX + marginCharacters * font.character);
  const geometry = new RowGeometry(source.size, bytesPerRow);
  return { font, offsets, metrics, geometry, canvasWidth, spareWidth: width - canvasWidth };
}

/** As the settings say; where fewer fit, the text column would be out of sight. */
function bytesPerRowFor(wanted: number, width: number, character: number, shape: Omit<GridShape, 'bytesPerRow'>): number {
  const automatic = automaticBytesPerRow(width, character, shape);
  if (wanted === 0) return automatic;
  return fits(wanted, width, character, shape) ? wanted : Math.min(wanted, automatic);
}
