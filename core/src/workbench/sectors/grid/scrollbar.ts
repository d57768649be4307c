import type { Disposable } from '../../api/events';
import { pixelOfRow, rowOfThumb, thumbOf, type Track } from '../model/scrollTrack';
import type { Mark } from './gridSource';
import { toneColour } from './palette';

export interface ScrollbarView {
  track: Track;
  row: number;
  visibleRows: number;
}

/** CSS colours of marks; each kind has its own lane, so that no kind is told by its colour alone. */
const markStyle: Record<Mark['kind'], { colour: string; left: number; width: number }> = {
  partition: { colour: '--dw-accent', left: 0, width: 0.3 },
  structure: { colour: '--dw-chart-teal', left: 0.3, width: 0.3 },
  bookmark: { colour: '--dw-chart-purple', left: 0.3, width: 0.7 },
  hit: { colour: '--dw-warning', left: 0.6, width: 0.4 },
  difference: { colour: '--dw-removed', left: 0.6, width: 0.4 },
  staged: { colour: '--dw-changed', left: 0.3, width: 0.7 },
  finding: { colour: '--dw-error', left: 0.3, width: 0.7 },
};

/** A scrollbar over row numbers: its marks are drawn on a canvas, its thumb is an element. */
export class Scrollbar implements Disposable {
  readonly element = document.createElement('div');
  private readonly canvas = document.createElement('canvas');
  private readonly thumb = document.createElement('div');
  private view: ScrollbarView | null = null;
  private thumbNow = { topPixels: -1, heightPixels: -1 };
  private size = { width: 0, height: 0 };
  private readonly markColours = new Map<string, string>();
  /** Where in the thumb it was grasped, and the track at that moment: a lens must not move under the hand. */
  private grasp: { pixels: number; track: Track; visible: number } | null = null;

  /** @param onScroll the first row that the user asks for */
  constructor(
    label: string,
    private readonly onScroll: (row: number) => void,
    private readonly onGrasp: (held: boolean) => void = () => undefined,
  ) {
    this.element.className = 'dw-sectors-scrollbar';
    this.element.setAttribute('role', 'scrollbar');
    this.element.setAttribute('aria-orientation', 'vertical');
    this.element.setAttribute('aria-valuemin', '0');
    this.element.setAttribute('aria-valuemax', '100');
    this.element.setAttribute('aria-label', label);
    this.element.title = label;
    this.thumb.className = 'dw-sectors-thumb';
    this.element.append(this.canvas, this.thumb);
    this.element.addEventListener('pointerdown', this.handleDown);
    this.element.addEventListener('pointermove', this.handleMove);
    this.element.addEventListener('pointerup', this.handleUp);
    this.element.addEventListener('pointercancel', this.handleUp);
  }

  get heightPixels(): number {
    return this.size.height;
  }

  /** To be called when its element, the resolution of the screen or the theme may be another: measuring at every frame would cost layout. */
  measure(): void {
    this.size = { width: this.element.clientWidth, height: this.element.clientHeight };
    this.canvas.width = Math.round(this.size.width * devicePixelRatio);
    this.canvas.height = Math.round(this.size.height * devicePixelRatio);
    this.markColours.clear();
  }

  show(view: ScrollbarView): void {
    this.view = view;
    const { topPixels, heightPixels } = thumbOf(view.track, view.row, view.visibleRows);
    if (topPixels !== this.thumbNow.topPixels) this.thumb.style.transform = `translateY(${topPixels}px)`;
    if (heightPixels !== this.thumbNow.heightPixels) this.thumb.style.height = `${heightPixels}px`;
    this.thumbNow = { topPixels, heightPixels };
  }

  /** Says the place to who cannot see the thumb. @param words the first row's offset */
  tell(words: string): void {
    if (!this.view) return;
    const { track, row, visibleRows } = this.view;
    const room = Math.max(1, track.rowCount - visibleRows);
    this.element.setAttribute('aria-valuenow', String(Math.round(((row - track.firstRow) / room) * 100)));
    this.element.setAttribute('aria-valuetext', words);
  }

  /** Draws the marks of the present track; rows of a mark by `rowOf`. */
  drawMarks(marks: readonly Mark[], rowOf: (offset: number) => number, rowCount: number): void {
    const { view } = this;
    const context = this.canvas.getContext('2d');
    if (!view || !context) return;
    const { width, height } = this.size;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    for (const mark of marks) {
      const { colour, left, width: share } = markStyle[mark.kind];
      const from = Math.max(view.track.firstRow, rowOf(mark.offset));
      const to = Math.min(view.track.firstRow + view.track.rowCount, rowOf(mark.offset + mark.length), rowCount);
      const y = pixelOfRow(view.track, from);
      const end = pixelOfRow(view.track, to);
      if (y === null || end === null || to < from) continue;
      context.fillStyle = this.colourOf(mark.tone === undefined ? colour : toneColour(mark.tone).slice(4, -1));
      const pixels = Math.max(2, end - y);
      if (mark.kind === 'partition') {
        context.fillRect(left * width, y, 3, pixels);
        context.fillRect(left * width, y, share * width + 3, 1);
      } else context.fillRect(left * width, Math.min(y, height - 2), share * width, Math.min(pixels, 3));
    }
  }

  private colourOf(variable: string): string {
    let colour = this.markColours.get(variable);
    if (colour === undefined) {
      colour = getComputedStyle(this.element).getPropertyValue(variable);
      this.markColours.set(variable, colour);
    }
    return colour;
  }

  dispose(): void {
    this.element.remove();
  }

  private readonly handleDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !this.view) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    const { track, row, visibleRows } = this.view;
    const y = event.clientY - this.element.getBoundingClientRect().top;
    const thumb = thumbOf(track, row, visibleRows);
    const within = y >= thumb.topPixels && y <= thumb.topPixels + thumb.heightPixels;
    this.grasp = { pixels: within ? y - thumb.topPixels : thumb.heightPixels / 2, track, visible: visibleRows };
    this.element.classList.add('dw-held');
    this.onGrasp(true);
    if (!within) this.handleMove(event);
  };

  private readonly handleMove = (event: PointerEvent): void => {
    if (!this.grasp) return;
    const y = event.clientY - this.element.getBoundingClientRect().top;
    this.onScroll(rowOfThumb(this.grasp.track, this.grasp.visible, y - this.grasp.pixels));
  };

  private readonly handleUp = (): void => {
    if (!this.grasp) return;
    this.grasp = null;
    this.element.classList.remove('dw-held');
    this.onGrasp(false);
  };
}
