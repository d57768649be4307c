import { byteClassOf, hexPair, textSign } from '../model/byteClass';
import type { GridFont } from './gridFont';
import type { Palette } from './palette';

/** `natural`: in the colour of the byte's class; `modified`; `strong`: over a selection. */
export const inks = ['natural', 'modified', 'strong'] as const;
export type Ink = (typeof inks)[number];

function context2d(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser has no 2D canvas');
  return context;
}

/** Every byte as hex pair and as sign of the text column, drawn once for each ink: no text is shaped while scrolling. Sizes in device pixels. */
export class GlyphAtlas {
  /** Four bytes a pixel, as `ImageData` has them. */
  readonly pixels: Uint32Array;
  readonly width: number;

  readonly character: number;
  readonly rowHeight: number;
  /** Lines of a row between which anything is drawn: the others need not be copied. */
  readonly ink: { first: number; last: number };

  constructor(palette: Palette, { css, character, rowHeight }: GridFont) {
    this.character = character;
    this.rowHeight = rowHeight;
    this.width = character * 3 * 16;
    const height = rowHeight * 16 * inks.length;
    const context = context2d(new OffscreenCanvas(this.width, height));
    context.font = css;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    inks.forEach((ink, index) => {
      for (let byte = 0; byte < 256; byte += 1) {
        context.fillStyle =
          ink === 'natural' ? palette.bytes[byteClassOf(byte)] : ink === 'modified' ? palette.modified : palette.strong;
        const x = (byte & 15) * character * 3;
        const y = (index * 16 + (byte >> 4)) * rowHeight + rowHeight / 2;
        const pair = hexPair(byte);
        // Digit by digit, so that both stand on whole pixels.
        context.fillText(pair.charAt(0), x, y);
        context.fillText(pair.charAt(1), x + character, y);
        context.fillText(textSign(byte), x + 2 * character, y);
      }
    });
    this.pixels = new Uint32Array(context.getImageData(0, 0, this.width, height).data.buffer);
    const isDrawn = Array.from({ length: rowHeight }, (_, line) => this.isDrawn(line));
    this.ink = { first: Math.max(0, isDrawn.indexOf(true)), last: isDrawn.lastIndexOf(true) };
  }

  /** Whether any glyph has a pixel in this line of its row. */
  private isDrawn(line: number): boolean {
    for (let start = line * this.width; start < this.pixels.length; start += this.rowHeight * this.width) {
      if (this.pixels.subarray(start, start + this.width).some((pixel) => pixel !== 0)) return true;
    }
    return false;
  }
}

let shared: { key: string; atlas: GlyphAtlas } | null = null;

/** The atlas of a font and palette: made once for all grids that look alike, since it takes longer than a frame may. */
export function glyphAtlas(palette: Palette, font: GridFont): GlyphAtlas {
  const { bytes, modified, strong } = palette;
  const key = JSON.stringify([font, bytes, modified, strong]);
  if (shared?.key !== key) shared = { key, atlas: new GlyphAtlas(palette, font) };
  return shared.atlas;
}

/**
 * The glyphs of one picture, copied together pixel by pixel and then drawn at once: thousands of drawing calls a frame would cost several times as
 * much, on this side and at the compositor.
 */
export class GlyphLayer {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = context2d(this.canvas);
  private image = new ImageData(1, 1);
  private pixels = new Uint32Array(this.image.data.buffer);

  /** Empties it. */
  begin(width: number, height: number): void {
    if (this.image.width === width && this.image.height === height) return void this.pixels.fill(0);
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  hex(atlas: GlyphAtlas, byte: number, ink: number, x: number, y: number): void {
    this.copy(atlas, byte, ink, 0, 2 * atlas.character, x, y);
  }

  text(atlas: GlyphAtlas, byte: number, ink: number, x: number, y: number): void {
    this.copy(atlas, byte, ink, 2 * atlas.character, atlas.character, x, y);
  }

  drawTo(context: CanvasRenderingContext2D): void {
    this.context.putImageData(this.image, 0, 0);
    context.drawImage(this.canvas, 0, 0);
  }

  private copy(atlas: GlyphAtlas, byte: number, ink: number, left: number, width: number, x: number, y: number): void {
    const { pixels } = this;
    const { width: layerWidth, height: layerHeight } = this.image;
    const firstLine = Math.max(atlas.ink.first, -y);
    const lastLine = Math.min(atlas.ink.last + 1, layerHeight - y);
    const columns = Math.min(width, layerWidth - x);
    const sourceX = (byte & 15) * atlas.character * 3 + left;
    const sourceY = (ink * 16 + (byte >> 4)) * atlas.rowHeight;
    for (let line = firstLine; line < lastLine; line += 1) {
      const from = (sourceY + line) * atlas.width + sourceX;
      const to = (y + line) * layerWidth + x;
      for (let column = 0; column < columns; column += 1) pixels[to + column] = atlas.pixels[from + column]!;
    }
  }
}
