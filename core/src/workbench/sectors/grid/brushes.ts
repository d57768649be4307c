import type { GridMetrics, GridPane } from './gridMetrics';
import type { Decoration } from './gridSource';
import type { Palette } from './palette';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A byte that is not there yet: bars in place of its signs. */
export function drawPlaceholder(
  context: CanvasRenderingContext2D,
  { character, rowHeight }: GridMetrics,
  palette: Palette,
  hexX: number,
  textX: number,
  y: number,
): void {
  const height = Math.max(2, Math.round(rowHeight / 4));
  const top = y + Math.round((rowHeight - height) / 2);
  context.fillStyle = palette.placeholder;
  context.fillRect(hexX, top, 2 * character, height);
  context.fillRect(textX + 1, top, character - 2, height);
}

/** A changed byte: tinted, and with a corner that needs no colour to be seen. */
export function drawUnderline(
  context: CanvasRenderingContext2D,
  metrics: GridMetrics,
  palette: Palette,
  column: number,
  y: number,
): void {
  const line = Math.max(2, Math.round(metrics.rowHeight / 10));
  for (const pane of ['hex', 'text'] as const) {
    const { x, width } = metrics.span(pane, column, column);
    context.fillStyle = palette.modifiedBackground;
    context.fillRect(x, y, width, metrics.rowHeight);
    context.fillStyle = palette.modified;
    context.fillRect(x, y + metrics.rowHeight - line, width, line);
    if (pane === 'text') continue;
    const corner = Math.round(metrics.rowHeight / 4);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + corner, y);
    context.lineTo(x, y + corner);
    context.fill();
  }
}

/** Hatched lines with words over them. */
export function drawHatched(context: CanvasRenderingContext2D, palette: Palette, box: Box, words: string): void {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.fillStyle = palette.hatch;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.strokeStyle = palette.hatchText;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += 8) {
    context.moveTo(x, box.y + box.height);
    context.lineTo(x + box.height, box.y);
  }
  context.stroke();
  context.globalAlpha = 1;
  if (words) {
    const { width } = context.measureText(words);
    const x = box.x + Math.max(0, (box.width - width) / 2);
    context.fillStyle = palette.hatch;
    context.fillRect(x - 6, box.y, width + 12, box.height);
    context.fillStyle = palette.hatchText;
    context.fillText(words, x, box.y + box.height / 2);
  }
  context.restore();
}

interface Part {
  layer: 'below' | 'above';
  pane: GridPane;
  /** The part holds the decoration's first byte. */
  first: boolean;
  last: boolean;
}

export function drawDecoration(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { kind, tone = 0 }: Decoration,
  box: Box,
  { layer, pane, first, last }: Part,
): void {
  const line = Math.max(1, Math.round(box.height / 12));
  const colour = palette.tones[tone % palette.tones.length] ?? palette.strong;
  if (layer === 'below') {
    if (kind === 'field' || kind === 'currentField') {
      context.fillStyle = colour;
      context.globalAlpha = kind === 'field' ? palette.tintOpacity : palette.tintOpacity * 1.8;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.globalAlpha = 1;
      // Where one field ends and the next begins can be seen without telling their colours apart.
      if (first && pane === 'hex') context.fillRect(box.x, box.y + line, line, box.height - 2 * line);
    } else if (kind === 'difference') {
      context.fillStyle = palette.differenceBackground;
      context.fillRect(box.x, box.y, box.width, box.height);
    }
    return;
  }
  switch (kind) {
    case 'currentField':
      context.fillStyle = colour;
      if (last) context.fillRect(box.x, box.y + box.height - 2 * line, box.width, 2 * line);
      return;
    case 'hit':
    case 'currentHit':
      context.strokeStyle = palette.hit;
      context.lineWidth = kind === 'hit' ? line : 2 * line;
      frame(context, box, context.lineWidth, first, last);
      return;
    case 'difference':
      context.fillStyle = palette.difference;
      context.fillRect(box.x, box.y + box.height - 2 * line, box.width, 2 * line);
      return;
    case 'finding':
      context.strokeStyle = palette.finding;
      context.lineWidth = Math.max(1, line);
      wave(context, box);
      return;
    case 'bookmark':
      context.fillStyle = colour;
      context.fillRect(box.x, box.y, box.width, line);
      if (first && pane === 'hex') context.fillRect(box.x, box.y, 3 * line, 3 * line);
      return;
  }
}

/** Open at the sides where a range goes on in another row. */
function frame(context: CanvasRenderingContext2D, box: Box, line: number, first: boolean, last: boolean): void {
  const [left, right] = [box.x + line / 2, box.x + box.width - line / 2];
  const [top, bottom] = [box.y + line / 2, box.y + box.height - line / 2];
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(right, top);
  context.moveTo(left, bottom);
  context.lineTo(right, bottom);
  if (first) {
    context.moveTo(left, top);
    context.lineTo(left, bottom);
  }
  if (last) {
    context.moveTo(right, top);
    context.lineTo(right, bottom);
  }
  context.stroke();
}

function wave(context: CanvasRenderingContext2D, box: Box): void {
  const step = Math.max(2, Math.round(box.height / 8));
  const bottom = box.y + box.height - 1;
  context.beginPath();
  context.moveTo(box.x, bottom);
  for (let x = box.x, up = true; x < box.x + box.width; x += step, up = !up)
    context.lineTo(x + step, up ? bottom - step : bottom);
  context.stroke();
}
