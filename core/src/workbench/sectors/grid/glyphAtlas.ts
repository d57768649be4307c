import { byteClassOf, hexPair, textSign } from '../model/byteClass';
import type { Palette } from './palette';

/** `natural`: in the colour of the byte's class; `modified`; `strong`: over a selection. */
export const inks = ['natural', 'modified', 'strong'] as const;
export type Ink = (typeof inks)[number];

/**
 * Every byte as hex pair and as sign of the text column, drawn once for each ink: a row is then copied together from pictures, without any text being
 * shaped while scrolling.
 */
export class GlyphAtlas {
  private readonly canvas: OffscreenCanvas;
  private readonly cellWidth: number;

  /** Sizes in device pixels. */
  constructor(
    palette: Palette,
    font: string,
    readonly character: number,
    readonly rowHeight: number,
  ) {
    this.cellWidth = character * 3;
    this.canvas = new OffscreenCanvas(this.cellWidth * 16, rowHeight * 16 * inks.length);
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('this browser has no 2D canvas');
    context.font = font;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    inks.forEach((ink, index) => {
      for (let byte = 0; byte < 256; byte += 1) {
        context.fillStyle =
          ink === 'natural' ? palette.bytes[byteClassOf(byte)] : ink === 'modified' ? palette.modified : palette.strong;
        const x = (byte & 15) * this.cellWidth;
        const y = (index * 16 + (byte >> 4)) * rowHeight + rowHeight / 2;
        const pair = hexPair(byte);
        // Digit by digit, so that both stand on whole pixels.
        context.fillText(pair.charAt(0), x, y);
        context.fillText(pair.charAt(1), x + character, y);
        context.fillText(textSign(byte), x + 2 * character, y);
      }
    });
  }

  drawHex(context: CanvasRenderingContext2D, byte: number, ink: number, x: number, y: number): void {
    this.draw(context, byte, ink, 0, 2 * this.character, x, y);
  }

  drawText(context: CanvasRenderingContext2D, byte: number, ink: number, x: number, y: number): void {
    this.draw(context, byte, ink, 2 * this.character, this.character, x, y);
  }

  private draw(
    context: CanvasRenderingContext2D,
    byte: number,
    ink: number,
    left: number,
    width: number,
    x: number,
    y: number,
  ): void {
    const sourceX = (byte & 15) * this.cellWidth + left;
    const sourceY = (ink * 16 + (byte >> 4)) * this.rowHeight;
    context.drawImage(this.canvas, sourceX, sourceY, width, this.rowHeight, x, y, width, this.rowHeight);
  }
}
